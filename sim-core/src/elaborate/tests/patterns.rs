//! Groups by pattern.

use super::*;

fn groups(groups: &[(&str, &[&str])]) -> Description {
    let lif = || card("lif_psc_exp", vec![]);
    let noise = card("poisson", vec![("rate", q("1 Hz"))]);
    Description {
        populations: vec![
            population("v2.l4e", lif(), q("2")),
            population("v1.l4i", lif(), q("3")),
            population("v1.noise", noise, q("1")),
            population("v1.l4e", lif(), q("4")),
            population("v1.in.l4e", lif(), q("5")),
            population("plain", lif(), q("6")),
        ],
        groups: groups.iter().map(|(name, members)| named(name, members.iter().map(|m| text(m)).collect())).collect(),
        ..small()
    }
}

/// Sizes, which tell the populations, of what is recorded from a name.
fn sizes(description: Description, from: &str) -> Vec<u32> {
    let built = network(&Description { records: vec![record(from, "spikes")], ..description });
    built.records.iter().map(|record| built.populations[record.population].size).collect()
}

#[test]
fn a_star_is_a_part_of_a_name() {
    for (pattern, expected) in [
        ("v1.*", &[3, 4][..]),
        ("*.l4e", &[2, 4]),
        ("*.*", &[2, 3, 4]),
        ("v1.*.*", &[5]),
        ("*", &[6]),
        ("v1.l*e", &[4]),
        ("v*.l*4*", &[2, 3, 4]),
        ("p*l*n", &[6]),
    ] {
        assert_eq!(sizes(groups(&[]), pattern), expected, "{pattern}: in order of appearance, without stimuli");
        assert_eq!(sizes(groups(&[("g", &[pattern])]), "g"), expected, "{pattern} in a group");
    }
    let both = groups(&[("outer", &["inner", "plain"]), ("inner", &["v2.*", "v1.*"])]);
    assert_eq!(sizes(both, "outer"), [2, 3, 4, 6], "pattern by pattern, in groups of groups");
}

#[test]
fn patterns_that_say_nothing_are_told() {
    let of = |members: &[&str]| problem(&groups(&[("g", members)]));
    assert_eq!(of(&["v3.*"]), "no population of neurons has a name like \"v3.*\"", "nothing fits");
    assert_eq!(of(&["v1.n*"]), "no population of neurons has a name like \"v1.n*\"", "a stimulus does not count");
    assert_eq!(of(&["v1.*", "v1.l4e"]), "\"v1.l4e\" is twice in the group \"g\"", "each population once");
    let mut declared = groups(&[("g", &["v1.*"])]);
    declared.populations.push(population("g", card("lif_psc_exp", vec![]), q("1")));
    assert_eq!(
        problem(&declared),
        "the group \"g\" has a pattern, which chooses populations that other blocks declare",
        "no block"
    );
    let mut cells = groups(&[]);
    cells.records = vec![RecordDecl { from: vec![select("v1.*", Some((0, 1)))], ..record("exc", "spikes") }];
    assert_eq!(problem(&cells), "\"v1.*\" is a group: cells are chosen from a population", "no cells of several");
}
