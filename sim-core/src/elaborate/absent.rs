//! Parts of a netlist that could not be had (an included file that is missing, a system with a wrong value): what would be
//! theirs is not missed a second time.

use crate::diagnostic::{Diagnostic, Failure};

/// Names of such parts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Absent<'a>(pub(crate) &'a [String]);

impl Absent<'_> {
    /// Why there is nothing of a name: it would be a part's, or else the problem.
    pub(crate) fn or(self, name: &str, problem: Diagnostic) -> Failure {
        if self.0.iter().any(|part| holds(part, name)) { Failure::Reported } else { problem.into() }
    }
}

/// Whether the name, or what the pattern fits, may be of the part; a part without a name may have any.
fn holds(part: &str, name: &str) -> bool {
    if part.is_empty() || part.ends_with('.') {
        return name.strip_prefix(part).is_some_and(|rest| rest.contains('.'));
    }
    let (first, wild) = name.split_once('*').map_or((name, false), |(first, _)| (first, true));
    let inside = format!("{part}.");
    first.starts_with(&inside) || (wild && inside.starts_with(first))
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn names_and_patterns_of_a_part() {
        for name in ["v1.exc", "v1.lsm.exc", "v1.*", "v1.l*e", "*.exc", "v*.exc"] {
            assert!(holds("v1", name), "{name} may be of v1");
        }
        for name in ["v1", "exc", "v10.exc", "v2.*", "v10*"] {
            assert!(!holds("v1", name), "{name} is not of v1");
        }
        assert!(holds("", "x.exc") && !holds("", "exc"), "a part without a name holds all that has a dot");
        assert!(holds("v1.", "v1.x.exc") && !holds("v1.", "v1.exc"), "the same within v1");
    }
}
