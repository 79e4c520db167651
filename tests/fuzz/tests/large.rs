//! Netlists whose lines are few kinds, and many of each: what they ask for grows with the square of their length or faster, the time
//! that it takes to say so must not.

const HEAD: &str = "spikeloom = 1\nnetwork = { timestep = \"1 ms\", duration = \"10 ms\", seed = 1 }\n";
const CELLS: &str = "size = 1\nneurons = { model = \"lif_psc_delta\" }\n";

/// The head, and lines for numbers.
fn read(lines: &[&str], number: u32, line: impl Fn(u32) -> String) {
    let many: String = (0..number).map(line).collect();
    sim_fuzz::elaborate(format!("{HEAD}{}{many}", lines.concat()).as_bytes());
}

/// So many names, for a list.
fn names(number: u32) -> String {
    (0..number).map(|i| format!("\"p{i}\",")).collect()
}

#[test]
fn groups_that_double() {
    read(&["[populations.a]\n", CELLS, "[groups]\ng60 = [\"a\"]\n"], 60, |i| format!("g{i} = [\"g{0}\", \"g{0}\"]\n", i + 1));
}

#[test]
fn groups_of_a_large_group() {
    let all = format!("g = [{}]\n", names(20_000));
    read(&["[populations.g]\n", CELLS, "[groups]\n", &all], 20_000, |i| format!("h{i} = [\"g\"]\n"));
}

#[test]
fn records_of_a_large_group() {
    let all = format!("[groups]\ng = [{}]\n[populations.g]\n{CELLS}", names(20_000));
    read(&[&all], 20_000, |_| "[[record]]\nfrom = \"g\"\nwhat = \"v_m\"\n".to_string());
}

#[test]
fn cards_that_are_like_each_other() {
    let first = "[neurons.c0]\nmodel = \"lif_psc_delta\"\n";
    read(&["[populations.a]\n", CELLS, first], 30_000, |i| format!("[neurons.c{}]\nlike = \"c{i}\"\n", i + 1));
}

#[test]
fn names_that_nobody_has() {
    read(&["[populations.a]\n", CELLS, "[parameters]\n"], 50_000, |i| format!("x{i} = {{ expr = \"y{i} + 1\" }}\n"));
}

#[test]
fn many_conditions() {
    let head = HEAD.replace("duration = \"10 ms\", ", "");
    let conditions = names(200_000);
    let trials = format!("[trials]\ncount = 200000\neach = \"10 ms\"\nconditions = [{conditions}]\n");
    sim_fuzz::elaborate(format!("{head}[populations.a]\n{CELLS}{trials}").as_bytes());
}

#[test]
fn sums_over_a_group_for_each_cell() {
    let many: String = (0..60).map(|i| format!("[populations.p{i}]\n{CELLS}")).collect();
    let sum = (0..4).fold("x".to_string(), |inner, i| format!("sum(i{i} in all, {inner})"));
    let all = format!(
        "[groups]\nall = [{}]\n{many}[populations.n]\nsize = 3000\ndraws = {{ x = {{ uniform = [0, 1] }} }}\n",
        names(60)
    );
    let cells = format!("neurons = {{ model = \"lif_psc_delta\", v_th = {{ expr = \"{sum} * 1 mV\" }} }}\n");
    read(&[&all, &cells], 0, |_| String::new());
}
