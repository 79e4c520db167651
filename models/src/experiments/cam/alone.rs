//! A memory's system in a network of its own.

use super::Numerics;
use crate::catalog;
use sim_core::description::{Description, Named, NetworkDecl, SystemDecl, SystemValueDecl, Value, ValueKind};
use sim_core::diagnostic::{Diagnostic, Sources, Span, Spanned};
use sim_core::elaborate::{Limits, NoFiles, elaborate};
use sim_core::network::Network;
use sim_core::units::{Dimension, Quantity};

/// What the names of a memory's populations begin with.
pub(super) const NAME: &str = "mem";

/// A reason why a memory cannot be built.
#[derive(Clone, Debug)]
pub struct Unbuilt {
    /// The parameter of the system that is wrong, where it is one.
    pub parameter: Option<&'static str>,
    /// What is wrong; it has no place.
    pub problem: Diagnostic,
}

impl Unbuilt {
    /// What should never be.
    pub(super) fn internal(message: impl Into<String>) -> Vec<Self> {
        vec![Self { parameter: None, problem: Diagnostic::general("internal", message) }]
    }
}

/// Parameters of a system, as bare numbers.
pub(super) type Parameters = [(&'static str, f64)];

/// The network of a system with these parameters, if it is within the limits.
pub(super) fn alone(system: &str, numerics: Numerics, parameters: &Parameters, limits: &Limits) -> Result<Network, Vec<Unbuilt>> {
    let description = describe(system, numerics, parameters);
    let (network, problems) = elaborate(&description, catalog(), &NoFiles, &mut Sources::default(), limits);
    let unbuilt = |problem: Diagnostic| {
        let number = problem.span.and_then(|span| (span.start as usize).checked_sub(1));
        let parameter = number.and_then(|number| parameters.get(number)).map(|(name, _)| *name);
        Unbuilt { parameter, problem: Diagnostic { span: None, ..problem } }
    };
    network.ok_or_else(|| problems.into_iter().filter(Diagnostic::is_error).map(unbuilt).collect())
}

/// There is no text: the place of a parameter's value is its number, counted from 1, that of all else is 0.
fn describe(system: &str, numerics: Numerics, parameters: &Parameters) -> Description {
    let span = Span::default();
    let text = |text: &str| Spanned { value: text.to_string(), span };
    let quantity = |value, dimension, span| Value { span, kind: ValueKind::Quantity(Quantity { value, dimension }) };
    let parameter = |(place, (name, value)): (u32, &(&str, f64))| {
        let cells = Err(Diagnostic::general("wrong-type", "a number is no choice of cells"));
        let value = quantity(*value, Dimension::NONE, Span { start: place, end: place, ..span });
        Named { name: text(name), item: SystemValueDecl { value, cells } }
    };
    let numerics = match numerics {
        Numerics::Float => "float",
        Numerics::Spinnaker => "spinnaker",
    };
    let ms = |value| Some(quantity(value, Dimension::TIME, span));
    Description {
        network: NetworkDecl {
            name: Some(text(system)),
            timestep: ms(1.0),
            duration: ms(1.0),
            numerics: Some(text(numerics)),
            ..NetworkDecl::default()
        },
        systems: vec![SystemDecl {
            span,
            kind: text(system),
            name: text(NAME),
            parameters: (1..).zip(parameters).map(parameter).collect(),
        }],
        ..Description::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_by_parameter() {
        let wrong = |parameters: &Parameters| {
            let problems = alone("ca3_memory_sparse", Numerics::Float, parameters, &Limits::default()).expect_err("a problem");
            (problems.len(), problems[0].parameter, problems[0].problem.span)
        };
        let shape =
            |tolerance| [("bits", 8.0), ("groups", 4.0), ("group_bits", 2.0), ("contents", 5.0), ("tolerance", tolerance)];
        assert_eq!(wrong(&shape(4.0)), (1, Some("tolerance"), None), "all active cells");
        assert_eq!(wrong(&shape(0.5)), (1, Some("tolerance"), None), "half a cell");
        assert_eq!(wrong(&shape(3.0)[..3]).1, None, "what is missing has no place");
        assert!(alone("ca3_memory_sparse", Numerics::Float, &shape(3.0), &Limits::default()).is_ok(), "all but one");
    }
}
