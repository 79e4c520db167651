//! Value and dimension of an expression. What names, tables and groups stand for is the business of a [`Scope`].

use super::{Expr, FUNCTIONS, Function, Node, Operator};
use crate::diagnostic::{Diagnostic, Outcome, Span};
use crate::math;
use crate::units::{Dimension, Quantity};

/// What the names of an expression mean where it stands.
pub trait Scope {
    /// A parameter, a draw, `pi`, `timestep` ..
    fn value(&self, name: &str, span: Span) -> Outcome<Quantity>;
    /// `row.COLUMN`.
    fn column(&self, column: &str, span: Span) -> Outcome<Quantity>;
    /// The population that an index of a table stands for; loop variables are known already.
    fn place(&self, index: &str, span: Span) -> Outcome<usize>;
    /// The populations of a group, in order.
    fn members(&self, group: &str, span: Span) -> Outcome<&[usize]>;
    /// An element of a table.
    fn element(&self, table: &str, places: &[(usize, Span)], span: Span) -> Outcome<Quantity>;
    /// Whether a sum of so many steps may still be taken.
    fn spend(&self, _steps: u64) -> bool {
        true
    }
}

/// Deepest nesting of an expression.
pub const MAX_DEPTH: usize = 400;

/// Most nodes visited for one value: nested sums over large groups end in a message, not in hours.
pub const MAX_STEPS: u64 = 50_000_000;

const TOO_LONG: &str = "this expression takes too long: sums over large groups are nested, or taken very often";

/// The value of an expression, in base units.
///
/// # Errors
/// A diagnostic at the smallest part that has no value: dimensions that do not fit, a division by zero, a result that
/// is not finite, a name that the scope does not know.
pub fn evaluate(expr: &Expr, scope: &dyn Scope) -> Outcome<Quantity> {
    Evaluator { scope, steps: 0 }.value(expr, None, 0)
}

/// What an expression names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference<'a> {
    /// A plain name.
    Name(&'a str),
    /// A table.
    Table(&'a str),
    /// A column of a list's file.
    Column(&'a str),
}

/// Everything that an expression names, in no particular order.
pub fn references(expr: &Expr) -> Vec<Reference<'_>> {
    let (mut found, mut open) = (Vec::new(), vec![expr]);
    while let Some(expr) = open.pop() {
        match &expr.node {
            Node::Quantity(_) => {}
            Node::Name(name) => found.push(Reference::Name(name)),
            Node::Column(column) => found.push(Reference::Column(column)),
            Node::Index(table, _) => found.push(Reference::Table(table)),
            Node::Negate(inner) => open.push(inner),
            Node::Binary(_, left, right) => open.extend([&**left, &**right]),
            Node::Call(_, arguments) => open.extend(arguments),
            Node::Sum { body, .. } => open.push(body),
        }
    }
    found
}

/// The variables of the sums around a part, innermost first.
struct Loop<'a> {
    variable: &'a str,
    population: usize,
    outer: Option<&'a Loop<'a>>,
}

struct Evaluator<'a> {
    scope: &'a dyn Scope,
    steps: u64,
}

impl Evaluator<'_> {
    fn value(&mut self, expr: &Expr, loops: Option<&Loop<'_>>, depth: usize) -> Outcome<Quantity> {
        let span = expr.span;
        self.steps += 1;
        if depth > MAX_DEPTH {
            return Err(problem(span, "this expression is nested too deeply").into());
        }
        if self.steps > MAX_STEPS {
            return Err(problem(span, TOO_LONG).into());
        }
        let deeper = depth + 1;
        let result = match &expr.node {
            Node::Quantity(quantity) => *quantity,
            Node::Name(name) => self.scope.value(name, span)?,
            Node::Column(column) => self.scope.column(column, span)?,
            Node::Index(table, indices) => self.element(table, indices, loops, span)?,
            Node::Negate(inner) => {
                let inner = self.value(inner, loops, deeper)?;
                Quantity { value: -inner.value, ..inner }
            }
            Node::Binary(operator, left, right) => {
                let values = (self.value(left, loops, deeper)?, self.value(right, loops, deeper)?);
                binary(*operator, values.0, values.1, span, right.span)?
            }
            Node::Call(Function::If, arguments) => self.choice(arguments, loops, deeper, span)?,
            Node::Call(function, arguments) => {
                let values: Vec<Quantity> =
                    arguments.iter().map(|a| self.value(a, loops, deeper)).collect::<Outcome<Vec<_>>>()?;
                call(*function, &values, arguments, span)?
            }
            Node::Sum { variable, group, body } => self.sum(variable, group, body, loops, deeper)?,
        };
        if result.value.is_finite() { Ok(result) } else { Err(problem(span, "this is too large a number").into()) }
    }

    fn element(&mut self, table: &str, indices: &[(String, Span)], loops: Option<&Loop<'_>>, span: Span) -> Outcome<Quantity> {
        let mut places = Vec::with_capacity(indices.len());
        for (name, at) in indices {
            let mut inner = loops;
            while inner.is_some_and(|l| l.variable != name.as_str()) {
                inner = inner.and_then(|l| l.outer);
            }
            places.push((inner.map_or_else(|| self.scope.place(name, *at), |l| Ok(l.population))?, *at));
        }
        self.scope.element(table, &places, span)
    }

    /// `if`: only the branch taken needs a value.
    fn choice(&mut self, arguments: &[Expr], loops: Option<&Loop<'_>>, depth: usize, span: Span) -> Outcome<Quantity> {
        let [condition, then, otherwise] = arguments else { return Err(arity(Function::If, "3 arguments", span).into()) };
        let truth = self.value(condition, loops, depth)?;
        require_bare(truth, "the condition of if()", condition.span)?;
        self.value(if truth.value == 0.0 { otherwise } else { then }, loops, depth)
    }

    fn sum(
        &mut self,
        variable: &str,
        group: &(String, Span),
        body: &Expr,
        loops: Option<&Loop<'_>>,
        depth: usize,
    ) -> Outcome<Quantity> {
        let scope = self.scope;
        let mut total: Option<Quantity> = None;
        for &population in scope.members(&group.0, group.1)? {
            let term = self.value(body, Some(&Loop { variable, population, outer: loops }), depth)?;
            total = Some(match total {
                None => term,
                Some(sum) => binary(Operator::Add, sum, term, body.span, body.span)?,
            });
        }
        // What is summed up within others is counted with these.
        if loops.is_none() && !scope.spend(self.steps) {
            return Err(problem(body.span, TOO_LONG).into());
        }
        total.ok_or_else(|| problem(group.1, format!("the group \"{}\" is empty", group.0)).into())
    }
}

pub(super) fn problem(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("expression", span, message)
}

fn function_name(function: Function) -> &'static str {
    FUNCTIONS.iter().find(|(_, f)| *f == function).map_or("this function", |(name, _)| name)
}

fn arity(function: Function, wanted: &str, span: Span) -> Diagnostic {
    problem(span, format!("{}() takes {wanted}", function_name(function)))
}

pub(super) fn require_bare(quantity: Quantity, what: &str, span: Span) -> Result<(), Diagnostic> {
    if quantity.dimension == Dimension::NONE {
        return Ok(());
    }
    Err(Diagnostic::error("dimension", span, format!("{what} is a bare number, not one in {}", quantity.dimension))
        .help(format!("divide by a unit, as in x / (1 {})", quantity.dimension)))
}

/// Dimensions that must agree and do not.
pub(super) fn mismatch(action: &str, left: Quantity, joint: &str, right: Quantity, span: Span) -> Diagnostic {
    let message = format!("cannot {action} {} {joint} {}", left.dimension, right.dimension);
    let problem = Diagnostic::error("dimension", span, message);
    let (bare, other) = if left.dimension == Dimension::NONE { (left, right) } else { (right, left) };
    if bare.dimension == Dimension::NONE {
        return problem.help(format!("a bare number has no unit: write \"{} {}\"", bare.value, other.dimension));
    }
    problem
}

pub(super) fn binary(
    operator: Operator,
    left: Quantity,
    right: Quantity,
    span: Span,
    divisor: Span,
) -> Result<Quantity, Diagnostic> {
    use Operator::{Add, Divide, Equal, Greater, GreaterEqual, Less, LessEqual, Multiply, NotEqual, Power, Subtract};
    let alike = |action, joint| {
        let same = left.dimension == right.dimension;
        if same { Ok(left.dimension) } else { Err(mismatch(action, left, joint, right, span)) }
    };
    let (a, b) = (left.value, right.value);
    let compared = |truth: bool| alike("compare", "with").map(|_| Quantity::bare(f64::from(u8::from(truth))));
    let range = || problem(span, "this dimension is out of range");
    match operator {
        Add => Ok(Quantity { value: a + b, dimension: alike("add", "and")? }),
        Subtract => Ok(Quantity { value: a - b, dimension: alike("subtract", "and")? }),
        Multiply => Ok(Quantity { value: a * b, dimension: left.dimension.times(right.dimension).ok_or_else(range)? }),
        Divide if b == 0.0 => Err(problem(divisor, "division by zero").label("this is 0")),
        Divide => Ok(Quantity { value: a / b, dimension: left.dimension.over(right.dimension).ok_or_else(range)? }),
        Power => power(left, right, span, divisor),
        Less => compared(a < b),
        LessEqual => compared(a <= b),
        Greater => compared(a > b),
        GreaterEqual => compared(a >= b),
        Equal => compared(a == b),
        NotEqual => compared(a != b),
    }
}

fn power(base: Quantity, exponent: Quantity, span: Span, at: Span) -> Result<Quantity, Diagnostic> {
    require_bare(exponent, "an exponent", at)?;
    let dimension = base.dimension.power(exponent.value).ok_or_else(|| {
        Diagnostic::error("dimension", span, format!("cannot raise {} to the power {}", base.dimension, exponent.value))
    })?;
    if base.value == 0.0 && exponent.value < 0.0 {
        return Err(problem(span, "division by zero: 0 to a negative power"));
    }
    let value = math::pow(base.value, exponent.value);
    if value.is_nan() {
        return Err(problem(span, "a negative number has no such power"));
    }
    Ok(Quantity { value, dimension })
}

pub(super) fn call(function: Function, values: &[Quantity], arguments: &[Expr], span: Span) -> Result<Quantity, Diagnostic> {
    if matches!(function, Function::Min | Function::Max) {
        return extreme(function, values, span);
    }
    let ([x], [argument]) = (values, arguments) else { return Err(arity(function, "1 argument", span)) };
    if !matches!(function, Function::Sqrt | Function::Abs) {
        require_bare(*x, &format!("the argument of {}()", function_name(function)), argument.span)?;
    }
    let refuse = |why: String| Err(problem(argument.span, why));
    let bare = |value: f64| Ok(Quantity::bare(value));
    match function {
        Function::Ln if x.value <= 0.0 => refuse(format!("ln() of {}: only positive numbers have a logarithm", x.value)),
        Function::Ln => bare(math::ln(x.value)),
        Function::Exp => bare(math::exp(x.value)),
        Function::Round => bare(x.value.round()),
        Function::Floor => bare(x.value.floor()),
        Function::Ceil => bare(x.value.ceil()),
        Function::Sqrt if x.value < 0.0 => refuse(format!("sqrt() of {}: a negative number has no root", x.value)),
        Function::Sqrt => match x.dimension.power(0.5) {
            Some(dimension) => Ok(Quantity { value: x.value.sqrt(), dimension }),
            None => Err(Diagnostic::error("dimension", argument.span, format!("{} has no square root", x.dimension))),
        },
        Function::Abs => Ok(Quantity { value: x.value.abs(), ..*x }),
        Function::If | Function::Min | Function::Max => Err(arity(function, "other arguments", span)),
    }
}

fn extreme(function: Function, values: &[Quantity], span: Span) -> Result<Quantity, Diagnostic> {
    let Some((first, rest)) = values.split_first() else { return Err(arity(function, "one argument or more", span)) };
    rest.iter().try_fold(*first, |best, next| {
        if next.dimension != best.dimension {
            return Err(mismatch("compare", best, "with", *next, span));
        }
        let value = if function == Function::Min { best.value.min(next.value) } else { best.value.max(next.value) };
        Ok(Quantity { value, ..best })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Failure;

    /// Two populations 0 and 1 in the group "pair"; the vector t holds 10 mV and 20 mV.
    struct Little;

    impl Scope for Little {
        fn value(&self, name: &str, span: Span) -> Outcome<Quantity> {
            match name {
                "tau" => Ok(Quantity { value: 10.0, dimension: Dimension::TIME }),
                _ => Err(problem(span, format!("unknown {name}")).into()),
            }
        }
        fn column(&self, _: &str, span: Span) -> Outcome<Quantity> {
            Err(problem(span, "no columns").into())
        }
        fn place(&self, index: &str, span: Span) -> Outcome<usize> {
            if index == "self" { Ok(1) } else { Err(problem(span, format!("unknown index {index}")).into()) }
        }
        fn members(&self, _: &str, _: Span) -> Outcome<&[usize]> {
            Ok(&[0, 1])
        }
        fn element(&self, _: &str, places: &[(usize, Span)], span: Span) -> Outcome<Quantity> {
            let [(population, _)] = places else { return Err(problem(span, "one index").into()) };
            Ok(Quantity { value: [10.0, 20.0][*population], dimension: Dimension::VOLTAGE })
        }
    }

    fn at(start: u32, node: Node) -> Expr {
        Expr { span: Span { start, end: start + 1, ..Span::default() }, node }
    }

    fn bare(start: u32, value: f64) -> Expr {
        at(start, Node::Quantity(Quantity::bare(value)))
    }

    fn volt(start: u32, value: f64) -> Expr {
        at(start, Node::Quantity(Quantity { value, dimension: Dimension::VOLTAGE }))
    }

    fn op(operator: Operator, left: Expr, right: Expr) -> Expr {
        at(99, Node::Binary(operator, Box::new(left), Box::new(right)))
    }

    fn call_of(function: Function, arguments: Vec<Expr>) -> Expr {
        at(99, Node::Call(function, arguments))
    }

    fn index(start: u32, name: &str) -> Expr {
        at(start, Node::Index("t".into(), vec![(name.into(), Span::default())]))
    }

    fn value(expr: &Expr) -> Quantity {
        evaluate(expr, &Little).unwrap_or_else(|e| panic!("{expr:?} has a value, not {e:?}"))
    }

    fn refused(expr: &Expr) -> (String, u32) {
        match evaluate(expr, &Little) {
            Err(Failure::Report(p)) => (p.message, p.span.map_or(0, |s| s.start)),
            other => panic!("{expr:?} is refused, not {other:?}"),
        }
    }

    #[test]
    fn dimensions_follow_the_algebra() {
        let tau = || at(0, Node::Name("tau".into()));
        let rate = value(&op(Operator::Divide, bare(0, 1.0), tau()));
        assert_eq!(rate, Quantity { value: 0.1, dimension: Dimension::RATE }, "1/ms is kHz");
        let area = op(Operator::Power, tau(), bare(0, 2.0));
        assert_eq!(value(&call_of(Function::Sqrt, vec![area])).dimension, Dimension::TIME, "the root of a square");
        let ratio = op(Operator::Power, op(Operator::Divide, tau(), tau()), op(Operator::Divide, bare(0, 1.0), bare(0, 3.0)));
        assert_eq!(value(&ratio), Quantity::bare(1.0), "any power of a bare number");
        let less = op(Operator::Less, volt(0, 1.0), volt(0, 2.0));
        assert_eq!(value(&less), Quantity::bare(1.0), "truth is a bare 1");
        let least = call_of(Function::Min, vec![volt(0, 3.0), volt(0, -1.0), volt(0, 2.0)]);
        assert_eq!(value(&least), Quantity { value: -1.0, dimension: Dimension::VOLTAGE }, "min keeps the dimension");
    }

    #[test]
    fn sums_bind_their_variable_over_the_group() {
        let group = || ("pair".to_string(), Span::default());
        let sum = at(0, Node::Sum { variable: "x".into(), group: group(), body: Box::new(index(0, "x")) });
        assert_eq!(value(&sum).value, 30.0, "10 mV + 20 mV");
        let product = op(Operator::Multiply, index(0, "x"), index(0, "y"));
        let inner = at(0, Node::Sum { variable: "y".into(), group: group(), body: Box::new(product) });
        let outer = at(0, Node::Sum { variable: "x".into(), group: group(), body: Box::new(inner) });
        assert_eq!(value(&outer).value, 900.0, "(10 + 20)^2");
        assert_eq!(value(&index(0, "self")).value, 20.0, "an index that the scope knows");
        assert_eq!(refused(&index(4, "x")).0, "unknown index x", "a variable ends with its sum");
    }

    #[test]
    fn problems_are_told_at_the_part_that_has_them() {
        let sum = op(Operator::Add, volt(3, 1.0), bare(5, 0.0));
        let nested = op(Operator::Multiply, bare(0, 2.0), sum);
        assert_eq!(refused(&nested), ("cannot add mV and a bare number".into(), 99), "a bare 0 is no voltage");
        let ratio = op(Operator::Divide, bare(1, 1.0), op(Operator::Subtract, volt(5, 1.0), volt(6, 1.0)));
        assert_eq!(refused(&ratio), ("division by zero".into(), 99), "the divisor is underlined");
        assert_eq!(refused(&call_of(Function::Ln, vec![bare(7, -1.0)])).1, 7, "ln of a negative number");
        assert_eq!(refused(&call_of(Function::Exp, vec![volt(8, 1.0)])).1, 8, "exp of a voltage");
        assert_eq!(
            refused(&op(Operator::Power, bare(1, -8.0), bare(2, 0.5))).0,
            "a negative number has no such power",
            "sqrt(-8)"
        );
        assert_eq!(refused(&op(Operator::Multiply, bare(1, 1e300), bare(2, 1e300))).0, "this is too large a number", "overflow");
        assert_eq!(refused(&op(Operator::Less, bare(1, 1.0), volt(2, 1.0))).0, "cannot compare a bare number with mV", "units");
        assert_eq!(
            refused(&op(Operator::Power, volt(1, 1.0), bare(2, 0.5))).0,
            "cannot raise mV to the power 0.5",
            "half a volt"
        );
    }

    #[test]
    fn only_the_branch_taken_is_computed() {
        let broken = || op(Operator::Divide, bare(0, 1.0), bare(0, 0.0));
        assert_eq!(value(&call_of(Function::If, vec![bare(0, 1.0), bare(0, 5.0), broken()])).value, 5.0, "true");
        assert_eq!(value(&call_of(Function::If, vec![bare(0, 0.0), broken(), bare(0, 6.0)])).value, 6.0, "false");
        assert_eq!(refused(&call_of(Function::If, vec![volt(3, 1.0), bare(0, 1.0), bare(0, 1.0)])).1, 3, "a voltage is no truth");
    }

    #[test]
    fn everything_ends() {
        let mut deep = bare(0, 1.0);
        for _ in 0..=MAX_DEPTH {
            deep = at(0, Node::Negate(Box::new(deep)));
        }
        assert_eq!(refused(&deep).0, "this expression is nested too deeply", "depth is limited");
        let mut wide = index(0, "x");
        for _ in 0..30 {
            wide = at(0, Node::Sum { variable: "x".into(), group: ("pair".into(), Span::default()), body: Box::new(wide) });
        }
        assert!(refused(&wide).0.contains("takes too long"), "2^30 terms are refused");
    }
}
