//! Expressions of the netlist: `{ expr = "ln(1 - p[target, source]) / 2" }`.
//!
//! [`parse`] makes the tree, [`eval`] gives it a value with a dimension; [`fold`] and [`lanes`] give values to many pairs of
//! cells, [`mod@write`] makes it text again.

pub mod eval;
pub mod fold;
pub mod lanes;
mod lex;
mod parse;
pub mod write;

pub use parse::{MAX_HEIGHT, parse};

use crate::diagnostic::Span;
use crate::units::Quantity;

/// A node of an expression and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub node: Node,
}

/// The kinds of node.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// `20 ms`, `0.5`.
    Quantity(Quantity),
    /// A parameter, a draw, `pi`, `timestep`, `duration`, `n_source`, ..; dotted for included files.
    Name(String),
    /// `row.COLUMN`.
    Column(String),
    /// `t[target, source]`, `t[self]`: a table and its indices (names of loop variables or populations).
    Index(String, Vec<(String, Span)>),
    /// `-x`.
    Negate(Box<Expr>),
    /// `a + b` ..
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// `sqrt(x)`, `if(c, a, b)` ..
    Call(Function, Vec<Expr>),
    /// `sum(source in column, body)`.
    Sum {
        /// Loop variable.
        variable: String,
        /// The group it runs over, and its place.
        group: (String, Span),
        /// What is added.
        body: Box<Expr>,
    },
}

/// Operators by rising strength: comparisons, + -, * /, ^ (to the right).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `^`
    Power,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

/// Functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `if(condition, then, else)`; a condition is true when not 0.
    If,
    /// Natural logarithm.
    Ln,
    /// Exponential.
    Exp,
    /// Square root.
    Sqrt,
    /// To the nearest whole number, halves away from 0.
    Round,
    /// Down.
    Floor,
    /// Up.
    Ceil,
    /// Least of its arguments.
    Min,
    /// Greatest of its arguments.
    Max,
    /// Magnitude.
    Abs,
}

/// Names of the functions, as the parser and messages know them.
pub const FUNCTIONS: &[(&str, Function)] = &[
    ("if", Function::If),
    ("ln", Function::Ln),
    ("exp", Function::Exp),
    ("sqrt", Function::Sqrt),
    ("round", Function::Round),
    ("floor", Function::Floor),
    ("ceil", Function::Ceil),
    ("min", Function::Min),
    ("max", Function::Max),
    ("abs", Function::Abs),
];
