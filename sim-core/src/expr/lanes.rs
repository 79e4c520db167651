//! Expressions of a pair's place, for many pairs at once: what is left of a weight, a delay or a probability when all that is
//! the same for all pairs has been computed (see [`super::fold`]).

use super::{Expr, Function, Node, Operator};
use crate::math;

/// How two cells lie to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// `distance`.
    Distance,
    /// `dx`, `dy`, `dz` by number: target minus source.
    Way(usize),
}

impl Variable {
    /// A variable by its name.
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "distance" => Some(Self::Distance),
            "dx" => Some(Self::Way(0)),
            "dy" => Some(Self::Way(1)),
            "dz" => Some(Self::Way(2)),
            _ => None,
        }
    }
}

/// How N pairs of cells lie to each other, in the units of their space.
#[derive(Clone, Copy, Debug)]
pub struct Lanes<const N: usize> {
    /// dx, dy and dz.
    pub ways: [[f64; N]; 3],
    /// Their length.
    pub distance: [f64; N],
}

impl<const N: usize> Lanes<N> {
    /// The values of a variable.
    pub fn of(&self, variable: Variable) -> [f64; N] {
        match variable {
            Variable::Distance => self.distance,
            Variable::Way(dimension) => self.ways[dimension],
        }
    }
}

/// The values of a folded expression in base units, NaN where it has none (a division by zero, a number that is too large ..):
/// [`super::eval::evaluate`] then tells why. A pair's value does not depend on the pairs beside it.
pub fn values<const N: usize>(expr: &Expr, at: &Lanes<N>) -> [f64; N] {
    let mut values = match &expr.node {
        Node::Quantity(quantity) => return [quantity.value; N],
        Node::Name(name) => return Variable::of_name(name).map_or([f64::NAN; N], |variable| at.of(variable)),
        Node::Negate(inner) => return each(values(inner, at), |x| -x),
        Node::Binary(Operator::Power, base, exponent) if is_two(exponent) => each(values(base, at), |x| x * x),
        Node::Binary(operator, left, right) => binary(*operator, values(left, at), &values(right, at)),
        Node::Call(Function::If, arguments) => return choice(arguments, at),
        Node::Call(function, arguments) => call(*function, arguments, at),
        Node::Column(_) | Node::Index(..) | Node::Sum { .. } => [f64::NAN; N],
    };
    // 0 x is 0 for a finite number, with its sign, and NaN for any other.
    values.iter_mut().for_each(|x| *x += 0.0 * *x);
    values
}

/// Squares are what kernels are made of, and a product is many times as fast as a power.
fn is_two(exponent: &Expr) -> bool {
    matches!(&exponent.node, Node::Quantity(quantity) if quantity.value == 2.0)
}

/// In place: these loops become vector code.
#[inline(always)]
fn each<const N: usize>(mut a: [f64; N], f: impl Fn(f64) -> f64) -> [f64; N] {
    a.iter_mut().for_each(|a| *a = f(*a));
    a
}

#[inline(always)]
fn both<const N: usize>(mut a: [f64; N], b: &[f64; N], f: impl Fn(f64, f64) -> f64) -> [f64; N] {
    a.iter_mut().zip(b).for_each(|(a, b)| *a = f(*a, *b));
    a
}

/// As `both`, for functions that forget a NaN.
#[inline(always)]
fn sound<const N: usize>(a: [f64; N], b: &[f64; N], f: impl Fn(f64, f64) -> f64) -> [f64; N] {
    both(a, b, |a, b| if a.is_nan() || b.is_nan() { f64::NAN } else { f(a, b) })
}

fn binary<const N: usize>(operator: Operator, a: [f64; N], b: &[f64; N]) -> [f64; N] {
    let truth = |truth: bool| f64::from(u8::from(truth));
    match operator {
        Operator::Add => both(a, b, |a, b| a + b),
        Operator::Subtract => both(a, b, |a, b| a - b),
        Operator::Multiply => both(a, b, |a, b| a * b),
        Operator::Divide => both(a, b, |a, b| a / b),
        Operator::Power => sound(a, b, math::pow),
        Operator::Less => sound(a, b, |a, b| truth(a < b)),
        Operator::LessEqual => sound(a, b, |a, b| truth(a <= b)),
        Operator::Greater => sound(a, b, |a, b| truth(a > b)),
        Operator::GreaterEqual => sound(a, b, |a, b| truth(a >= b)),
        Operator::Equal => sound(a, b, |a, b| truth(a == b)),
        Operator::NotEqual => sound(a, b, |a, b| truth(a != b)),
    }
}

/// `if`: only the branch taken needs a value.
fn choice<const N: usize>(arguments: &[Expr], at: &Lanes<N>) -> [f64; N] {
    let [condition, then, otherwise] = arguments else { return [f64::NAN; N] };
    let (truth, then, otherwise) = (values(condition, at), values(then, at), values(otherwise, at));
    std::array::from_fn(|lane| match truth[lane] {
        unknown if unknown.is_nan() => f64::NAN,
        0.0 => otherwise[lane],
        _ => then[lane],
    })
}

fn call<const N: usize>(function: Function, arguments: &[Expr], at: &Lanes<N>) -> [f64; N] {
    let Some((first, rest)) = arguments.split_first() else { return [f64::NAN; N] };
    let x = values(first, at);
    match function {
        Function::Ln => each(x, math::ln),
        Function::Exp => each(x, math::exp),
        Function::Sqrt => each(x, f64::sqrt),
        Function::Round => each(x, f64::round),
        Function::Floor => each(x, f64::floor),
        Function::Ceil => each(x, f64::ceil),
        Function::Abs => each(x, f64::abs),
        Function::Min => rest.iter().fold(x, |least, next| sound(least, &values(next, at), f64::min)),
        Function::Max => rest.iter().fold(x, |greatest, next| sound(greatest, &values(next, at), f64::max)),
        Function::If => [f64::NAN; N],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostic, Outcome, Span};
    use crate::expr::eval::{Scope, evaluate};
    use crate::units::Quantity;

    const AT: Lanes<5> = Lanes {
        ways: [[0.0, 1.0, -2.0, 3.0, 500.0], [0.0, 0.0, 1.0, -4.0, 0.0], [0.0; 5]],
        distance: [0.0, 1.0, 2.25, 5.0, 500.0],
    };

    /// One pair of `AT`.
    struct One(usize);

    impl Scope for One {
        fn value(&self, name: &str, span: Span) -> Outcome<Quantity> {
            let variable = Variable::of_name(name);
            variable.map(|v| Quantity::bare(AT.of(v)[self.0])).ok_or_else(|| Diagnostic::error("", span, name).into())
        }
        fn column(&self, column: &str, span: Span) -> Outcome<Quantity> {
            Err(Diagnostic::error("", span, column).into())
        }
        fn place(&self, index: &str, span: Span) -> Outcome<usize> {
            Err(Diagnostic::error("", span, index).into())
        }
        fn members(&self, group: &str, span: Span) -> Outcome<&[usize]> {
            Err(Diagnostic::error("", span, group).into())
        }
        fn element(&self, table: &str, _: &[(usize, Span)], span: Span) -> Outcome<Quantity> {
            Err(Diagnostic::error("", span, table).into())
        }
    }

    #[test]
    fn lanes_are_what_the_slow_evaluation_gives() {
        for text in [
            "0.3 * exp(-(distance / 2)^2)",
            "1 / distance",
            "1 / (1 / dx)",
            "if(distance > 0, 1 / distance, 7)",
            "if(dx, dx ^ dy, -1)",
            "if(1 / dx > 0, 1, 2)",
            "(dx - 1) ^ (dy / 2)",
            "(1 / distance) ^ 0",
            "min(dx, dy, 1 / distance)",
            "max(abs(dx), abs(dy)) >= 3",
            "exp(distance * 2)",
            "ln(dx + 2) + sqrt(dy + 4) + dz",
            "round(dx / 2) + floor(dy / 3) - ceil(distance) * (dx == dy) - (dx != dy) + (dx <= 1) + (dx < 1)",
            "exp(-1 / distance)",
        ] {
            let expr = crate::expr::parse(text, Span::default(), false).unwrap_or_else(|e| panic!("{text}: {e:?}"));
            let fast = values(&expr, &AT);
            for (lane, fast) in fast.into_iter().enumerate() {
                let alone = Lanes { ways: AT.ways.map(|w| [w[lane]]), distance: [AT.distance[lane]] };
                assert_eq!(values(&expr, &alone)[0].to_bits(), fast.to_bits(), "{text} at {lane}: alone, the same bits");
                match evaluate(&expr, &One(lane)) {
                    Ok(slow) => {
                        assert!((slow.value - fast).abs() <= 1e-15 * slow.value.abs(), "{text} at {lane}: {fast}, {slow:?}")
                    }
                    Err(_) => assert!(fast.is_nan(), "{text} at {lane}: no value, not {fast}"),
                }
            }
        }
    }
}
