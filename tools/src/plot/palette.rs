//! Colours that stay apart for colour-blind readers: the set of Okabe & Ito (2008), with darker and lighter steps.

use super::Role;

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Colour(pub(super) u8, pub(super) u8, pub(super) u8);

impl Colour {
    /// As written in SVG.
    pub(super) fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// Axes and text.
pub(super) const INK: Colour = Colour(0x22, 0x22, 0x22);
/// Captions.
pub(super) const FAINT: Colour = Colour(0x66, 0x66, 0x66);
/// Separators and grid lines.
pub(super) const RULE: Colour = Colour(0xd9, 0xd9, 0xd9);
/// The ground.
pub(super) const PAPER: Colour = Colour(0xff, 0xff, 0xff);

const BLUES: [Colour; 4] =
    [Colour(0x00, 0x72, 0xb2), Colour(0x56, 0xb4, 0xe9), Colour(0x00, 0x3f, 0x6b), Colour(0x2a, 0x93, 0xa8)];
const REDS: [Colour; 4] =
    [Colour(0xd5, 0x5e, 0x00), Colour(0xe6, 0x9f, 0x00), Colour(0x8c, 0x2d, 0x04), Colour(0xcc, 0x40, 0x5c)];
const GREYS: [Colour; 3] = [Colour(0x77, 0x77, 0x77), Colour(0xa3, 0xa3, 0xa3), Colour(0x55, 0x55, 0x55)];
const DISTINCT: [Colour; 10] = [
    Colour(0x00, 0x72, 0xb2),
    Colour(0xd5, 0x5e, 0x00),
    Colour(0x00, 0x9e, 0x73),
    Colour(0xcc, 0x79, 0xa7),
    Colour(0xe6, 0x9f, 0x00),
    Colour(0x56, 0xb4, 0xe9),
    Colour(0x6a, 0x3d, 0x9a),
    Colour(0x8c, 0x2d, 0x04),
    Colour(0x55, 0x55, 0x55),
    Colour(0x00, 0x3f, 0x6b),
];
const GREENS: [Colour; 4] =
    [Colour(0x00, 0x9e, 0x73), Colour(0xcc, 0x79, 0xa7), Colour(0x00, 0x5a, 0x42), Colour(0x7a, 0x5c, 0xa8)];

/// One colour for each population: a family for each role, its steps in turn. Without any excitatory or inhibitory
/// population the others take the distinct colours.
pub(super) fn colours(roles: &[Role]) -> Vec<Colour> {
    let has_signs = roles.iter().any(|r| matches!(r, Role::Excitatory | Role::Inhibitory));
    let family = |role: Role| -> &[Colour] {
        match role {
            Role::Excitatory => &BLUES,
            Role::Inhibitory => &REDS,
            Role::Stimulus => &GREYS,
            Role::Other if has_signs => &GREENS,
            Role::Other => &DISTINCT,
        }
    };
    let before = |i: usize| roles[..i].iter().filter(|r| **r == roles[i]).count();
    (0..roles.len()).map(|i| step(family(roles[i]), before(i))).collect()
}

/// Colours of curves in one panel.
pub(super) fn curve(index: usize) -> Colour {
    step(&DISTINCT, index)
}

fn step(family: &[Colour], index: usize) -> Colour {
    family[index % family.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families() {
        let roles = [Role::Stimulus, Role::Excitatory, Role::Inhibitory, Role::Excitatory, Role::Other];
        let colours = colours(&roles);
        assert_eq!(colours[1].hex(), "#0072b2", "the blue of Okabe and Ito");
        assert_eq!(colours[2].hex(), "#d55e00", "and their vermillion");
        let mut distinct = colours.iter().map(|c| c.hex()).collect::<Vec<_>>();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), roles.len(), "all differ");
    }
}
