//! An expression without what is the same for all pairs of cells: parameters, tables and functions of them become numbers, and
//! only `distance`, `dx`, `dy` and `dz` stay names.

use super::eval::{Scope, binary, call, evaluate, mismatch, problem, require_bare};
use super::lanes::Variable;
use super::{Expr, Function, Node, Operator};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::units::{Dimension, Quantity};

/// The first `distance`, `dx`, `dy` or `dz` in an expression.
pub fn place_name(expr: &Expr) -> Option<(&Expr, Variable)> {
    match &expr.node {
        Node::Name(name) => Variable::of_name(name).map(|variable| (expr, variable)),
        Node::Quantity(_) | Node::Column(_) | Node::Index(..) => None,
        Node::Negate(inner) | Node::Sum { body: inner, .. } => place_name(inner),
        Node::Binary(_, left, right) => place_name(left).or_else(|| place_name(right)),
        Node::Call(_, arguments) => arguments.iter().find_map(place_name),
    }
}

/// The expression with everything computed that does not depend on the pair, and its dimension.
///
/// # Errors
/// A diagnostic at a part that has no value, or whose dimensions do not fit.
pub fn fold(expr: &Expr, scope: &dyn Scope) -> Outcome<(Expr, Dimension)> {
    let folded = folded(expr, scope)?;
    let dimension = dimension(&folded)?;
    Ok((folded, dimension))
}

fn folded(expr: &Expr, scope: &dyn Scope) -> Outcome<Expr> {
    let part = |part: &Expr| folded(part, scope).map(Box::new);
    let node = match &expr.node {
        _ if place_name(expr).is_none() => Node::Quantity(evaluate(expr, scope)?),
        Node::Name(name) => {
            // Not every space has every direction.
            scope.value(name, expr.span)?;
            expr.node.clone()
        }
        Node::Negate(inner) => Node::Negate(part(inner)?),
        Node::Binary(operator, left, right) => Node::Binary(*operator, part(left)?, part(right)?),
        Node::Call(Function::If, arguments) => return choice(expr, arguments, scope),
        Node::Call(function, arguments) => {
            Node::Call(*function, arguments.iter().map(|a| folded(a, scope)).collect::<Outcome<_>>()?)
        }
        Node::Sum { body, .. } => {
            let name = place_name(body).map_or(body.span, |(name, _)| name.span);
            return Err(problem(name, "what differs from pair to pair cannot stand in a sum()").into());
        }
        other => other.clone(),
    };
    Ok(Expr { span: expr.span, node })
}

/// `if`: where the condition is the same for all pairs, only the branch taken needs a value.
fn choice(expr: &Expr, arguments: &[Expr], scope: &dyn Scope) -> Outcome<Expr> {
    let [condition, then, otherwise] = arguments else { return Ok(expr.clone()) };
    let condition = folded(condition, scope)?;
    if let Node::Quantity(truth) = condition.node {
        require_bare(truth, "the condition of if()", condition.span)?;
        return folded(if truth.value == 0.0 { otherwise } else { then }, scope);
    }
    let parts = vec![condition, folded(then, scope)?, folded(otherwise, scope)?];
    Ok(Expr { span: expr.span, node: Node::Call(Function::If, parts) })
}

/// Dimension of a folded expression.
fn dimension(expr: &Expr) -> Result<Dimension, Diagnostic> {
    let dimension_of = |quantity: Quantity| quantity.dimension;
    match &expr.node {
        Node::Quantity(quantity) => Ok(quantity.dimension),
        Node::Negate(inner) => dimension(inner),
        Node::Binary(operator, left, right) => {
            let (a, b) = (trial(left)?, trial(right)?);
            if *operator == Operator::Power && place_name(right).is_some() {
                require_bare(a, "the base of a power that differs from pair to pair", left.span)?;
            }
            binary(*operator, a, b, expr.span, right.span).map(dimension_of)
        }
        Node::Call(Function::If, arguments) => {
            let [condition, then, otherwise] = arguments.as_slice() else { return Ok(Dimension::NONE) };
            require_bare(trial(condition)?, "the condition of if()", condition.span)?;
            let (a, b) = (trial(then)?, trial(otherwise)?);
            if a.dimension == b.dimension { Ok(a.dimension) } else { Err(mismatch("choose between", a, "and", b, expr.span)) }
        }
        Node::Call(function, arguments) => {
            let values = arguments.iter().map(trial).collect::<Result<Vec<_>, _>>()?;
            call(*function, &values, arguments, expr.span).map(dimension_of)
        }
        Node::Name(_) | Node::Column(_) | Node::Index(..) | Node::Sum { .. } => Ok(Dimension::NONE),
    }
}

/// A part as a quantity: with 1 for what is not known yet, for which every function has a value.
fn trial(expr: &Expr) -> Result<Quantity, Diagnostic> {
    match expr.node {
        Node::Quantity(quantity) => Ok(quantity),
        _ => Ok(Quantity { value: 1.0, dimension: dimension(expr)? }),
    }
}
