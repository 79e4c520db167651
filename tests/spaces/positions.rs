//! Where cells lie.

use super::{cells, network, population};
use crate::chances::{fit_p, histogram, kolmogorov_p};
use sim_core::network::Network;

const DRAWN: &str = "{ space = \"cube\" }";
const CUBE: &str = "spaces.cube = { grid = [10, 10, 10] }\n";

/// Sites as numbers, x first.
fn sites(network: &Network, name: &str) -> Vec<u32> {
    cells(network, name).iter().map(|p| (p[0] + 10.0 * p[1] + 100.0 * p[2]) as u32).collect()
}

#[test]
fn populations_of_a_lattice_share_no_site() {
    let text = CUBE.to_string() + &population("a", 700, DRAWN) + &population("b", 200, DRAWN) + &population("c", 100, DRAWN);
    let full = network(&text, 3);
    let mut all: Vec<u32> = ["a", "b", "c"].iter().flat_map(|name| sites(&full, name)).collect();
    let unsorted = all.clone();
    all.sort_unstable();
    assert!(all.iter().copied().eq(0..1000), "a thousand cells, each on a site of its own");
    assert_ne!(unsorted, all, "at random");
    assert_ne!(sites(&network(&text, 4), "a"), sites(&full, "a"), "another seed, other sites");
}

#[test]
fn every_site_is_as_likely_as_any_other() {
    let text = CUBE.to_string() + &population("a", 300, DRAWN) + &population("b", 100, DRAWN);
    for name in ["a", "b"] {
        // Which eighth of the cube: draws without replacement scatter a little less than a multinomial.
        let eighth = |site: u32| (site % 10 / 5 + 2 * (site / 10 % 10 / 5) + 4 * (site / 500)) as usize;
        let all = (0..30).flat_map(|seed| sites(&network(&text, seed), name)).map(eighth);
        let p = fit_p(&histogram(all), |k| if k < 8 { 0.125 } else { 0.0 });
        assert!(p > 0.01, "{name}: uniform over the eighths of the cube: p = {p}");
    }
}

#[test]
fn positions_depend_on_names_and_on_nothing_outside_of_the_space() {
    let [a, b] = [population("a", 300, DRAWN), population("b", 200, DRAWN)];
    let first = network(&[CUBE, &a, &b].concat(), 1);
    let turned = network(&[CUBE, &b, &a].concat(), 1);
    let stranger = population("s", 50, "{ space = \"room\" }") + &population("t", 9, "{ space = \"other\" }");
    let rooms = "spaces.room = { box = [1] }\nspaces.other = { grid = [9] }\n";
    let beside = network(&[rooms, CUBE, &stranger, &a, &b].concat(), 1);
    for name in ["a", "b"] {
        assert_eq!(sites(&first, name), sites(&turned, name), "{name}: another order in the file");
        assert_eq!(sites(&first, name), sites(&beside, name), "{name}: other spaces beside");
    }
}

/// What can be kept is kept: a population that draws earlier stays as it is, of one that draws later few cells move.
#[test]
fn a_population_added_to_a_lattice_moves_only_what_it_must() {
    let (mut unmoved, mut moved) = (0, 0);
    for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        let text = CUBE.to_string() + &population(name, 200, DRAWN);
        let (before, after) = (network(&text, 1), network(&(text + &population("new", 50, DRAWN)), 1));
        let differ = sites(&before, name).iter().zip(sites(&after, name)).filter(|(old, new)| **old != *new).count();
        // 50 of 1,000 sites are gone: each cell loses its own with 5 %, and some more are pushed on.
        assert!(differ < 30, "{differ} of 200 cells of {name} move");
        unmoved += usize::from(differ == 0);
        moved += usize::from(differ > 0);
    }
    assert!(unmoved > 0 && moved > 0, "some draw before the newcomer, some after: {unmoved}, {moved}");
}

#[test]
fn sites_in_order_come_first() {
    let order = "{ space = \"cube\", sites = \"in order\" }";
    let text = CUBE.to_string() + &population("z", 900, DRAWN) + &population("a", 60, order) + &population("b", 40, order);
    let network = network(&text, 1);
    assert!(sites(&network, "a").into_iter().eq(0..60), "site after site, x first");
    assert!(sites(&network, "b").into_iter().eq(60..100), "the next one goes on");
    let mut rest = sites(&network, "z");
    rest.sort_unstable();
    assert!(rest.into_iter().eq(100..1000), "what is drawn takes the rest, wherever it stands in the file");
}

#[test]
fn a_box_is_filled_evenly() {
    let text = "spaces.sheet = { box = [2.0, 0.5] }\n".to_string() + &population("a", 5000, "{ space = \"sheet\" }");
    let network = network(&text, 1);
    for (axis, side) in [(0, 2.0), (1, 0.5)] {
        let along: Vec<f64> = cells(&network, "a").iter().map(|p| p[axis]).collect();
        let p = kolmogorov_p(along, |x| (x / side).clamp(0.0, 1.0));
        assert!(p > 0.01, "axis {axis} is uniform over 0..{side}: p = {p}");
    }
    assert!(cells(&network, "a").iter().all(|p| p[2] == 0.0), "two dimensions");
    let larger = super::network(
        &("spaces.sheet = { box = [2.0, 0.5] }\n".to_string() + &population("a", 5001, "{ space = \"sheet\" }")),
        1,
    );
    assert_eq!(cells(&larger, "a")[..5000], *cells(&network, "a"), "a cell more moves no other");
}

#[test]
fn places_can_be_given_one_by_one() {
    let text = "spaces.ring = { grid = [100], wrap = true, spacing = 0.5 }\nspaces.sheet = { box = [1, 1] }\n".to_string()
        + &population("a", 25, "{ space = \"ring\", x = { expr = \"index * 100 / size\" } }")
        + &population("b", 100, "{ space = \"ring\", sites = \"in order\" }")
        + &population("c", 3, "{ space = \"sheet\", x = { list = [0, 0.25, 1] }, y = 0.5 }")
        + &population("d", 400, "{ space = \"sheet\", x = { normal = [0.5, 0.1], min = 0, max = 1 }, y = { uniform = [0, 1] } }");
    let network = network(&text, 1);
    let x: Vec<f64> = cells(&network, "a").iter().map(|p| p[0]).collect();
    assert!(x.iter().copied().eq((0..25).map(|i| f64::from(4 * i))), "counted in sites: {x:?}");
    assert_eq!(cells(&network, "b").len(), 100, "and taken from nobody");
    assert_eq!(cells(&network, "c"), [[0.0, 0.5, 0.0], [0.25, 0.5, 0.0], [1.0, 0.5, 0.0]], "a list, and one for all");
    let p = kolmogorov_p(cells(&network, "d").iter().map(|p| p[0]).collect(), |x| sim_core::math::normal_cdf((x - 0.5) / 0.1));
    assert!(p > 0.01, "drawn: p = {p}");
}
