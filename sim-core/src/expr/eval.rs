//! Value and dimension of an expression.
