//! Text of an expression to its tree.
//!
//! ```text
//! expression = sum [ (< | <= | > | >= | == | !=) sum ]
//! sum        = product { (+ | -) product }
//! product    = unary { (* | /) unary }
//! unary      = - unary | power
//! power      = primary [ ^ unary ]                          to the right; -x^2 is -(x^2)
//! primary    = quantity | name | name [ index, .. ] | function ( expression, .. )
//!            | sum ( name in group , expression ) | ( expression )
//! ```

use super::lex::{Lexer, Place, Token};
use super::{Expr, FUNCTIONS, Function, Node, Operator};
use crate::diagnostic::{Diagnostic, Span};

/// Greatest height of a tree. It bounds the stack of everything that walks a tree: this parser, the
/// evaluation, and the tree's own destruction. A chain of n additions has height n.
pub const MAX_HEIGHT: u32 = 200;

/// Reads an expression. `span` is the place of the text's characters in its source (the inside of the
/// quotes); when `exact` is false (escapes in the string), every node gets the whole span.
///
/// # Errors
/// The first thing that is wrong: a character or token out of place, an unknown function or unit, a wrong
/// number of arguments, a number beyond f64, a tree higher than [`MAX_HEIGHT`].
pub fn parse(text: &str, span: Span, exact: bool) -> Result<Expr, Diagnostic> {
    let place = Place { whole: span, exact };
    let mut lexer = Lexer::new(text, place);
    let (token, start, end) = lexer.next()?;
    if token == Token::End {
        return Err(Diagnostic::error("expression", span, "the expression is empty"));
    }
    let mut parser = Parser { text, place, lexer, token, start, end, last_end: 0, depth: 0 };
    let tree = parser.expression()?;
    match parser.token {
        Token::End => Ok(tree.expr),
        Token::Symbol(")" | "]") => {
            Err(parser.unexpected("the end of the expression").help("a bracket is closed that was not opened"))
        }
        _ => Err(parser.unexpected("an operator or the end of the expression")),
    }
}

/// A tree and its height.
struct Tree {
    expr: Expr,
    height: u32,
}

struct Parser<'t> {
    text: &'t str,
    place: Place,
    lexer: Lexer<'t>,
    /// The token looked at, and its bytes.
    token: Token<'t>,
    start: usize,
    end: usize,
    /// End of the token before.
    last_end: usize,
    /// Calls of `unary` under way; every recursion passes there.
    depth: u32,
}

impl<'t> Parser<'t> {
    fn advance(&mut self) -> Result<(), Diagnostic> {
        self.last_end = self.end;
        (self.token, self.start, self.end) = self.lexer.next()?;
        Ok(())
    }

    /// Goes past a symbol if it is the next token.
    fn take(&mut self, symbol: &'static str) -> Result<bool, Diagnostic> {
        let found = self.token == Token::Symbol(symbol);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn expect(&mut self, symbol: &'static str) -> Result<(), Diagnostic> {
        if self.take(symbol)? { Ok(()) } else { Err(self.unexpected(&format!("\"{symbol}\""))) }
    }

    /// Span from a byte to the end of the last token taken.
    fn since(&self, start: usize) -> Span {
        self.place.span(start, self.last_end)
    }

    fn here(&self) -> Span {
        self.place.span(self.start, self.end)
    }

    fn unexpected(&self, wanted: &str) -> Diagnostic {
        let found = self.token.words(self.text.get(self.start..self.end).unwrap_or(""));
        Diagnostic::error("expression", self.here(), format!("expected {wanted}, found {found}"))
    }

    /// A node over its parts, unless it would be too high.
    fn tree(&self, start: usize, node: Node, tallest_part: u32) -> Result<Tree, Diagnostic> {
        let span = self.since(start);
        if tallest_part >= MAX_HEIGHT {
            return Err(self.too_high(span));
        }
        Ok(Tree { expr: Expr { span, node }, height: tallest_part + 1 })
    }

    fn too_high(&self, span: Span) -> Diagnostic {
        Diagnostic::error("expression", span, format!("the expression is nested or chained more than {MAX_HEIGHT} times"))
            .help("split it with [parameters] or a computed table")
    }

    fn binary(&self, start: usize, operator: Operator, left: Tree, right: Tree) -> Result<Tree, Diagnostic> {
        let height = left.height.max(right.height);
        self.tree(start, Node::Binary(operator, Box::new(left.expr), Box::new(right.expr)), height)
    }

    fn expression(&mut self) -> Result<Tree, Diagnostic> {
        let start = self.start;
        let left = self.sum()?;
        let Some(operator) = comparison(self.token) else { return Ok(left) };
        self.advance()?;
        let right = self.sum()?;
        if comparison(self.token).is_some() {
            return Err(Diagnostic::error("expression", self.here(), "comparisons cannot be chained")
                .help("a < b < c is written (a < b) * (b < c)"));
        }
        self.binary(start, operator, left, right)
    }

    fn sum(&mut self) -> Result<Tree, Diagnostic> {
        let start = self.start;
        let mut left = self.product()?;
        loop {
            let operator = match self.token {
                Token::Symbol("+") => Operator::Add,
                Token::Symbol("-") => Operator::Subtract,
                _ => return Ok(left),
            };
            self.advance()?;
            let right = self.product()?;
            left = self.binary(start, operator, left, right)?;
        }
    }

    fn product(&mut self) -> Result<Tree, Diagnostic> {
        let start = self.start;
        let mut left = self.unary()?;
        loop {
            let operator = match self.token {
                Token::Symbol("*") => Operator::Multiply,
                Token::Symbol("/") => Operator::Divide,
                _ => return Ok(left),
            };
            self.advance()?;
            let right = self.unary()?;
            left = self.binary(start, operator, left, right)?;
        }
    }

    fn unary(&mut self) -> Result<Tree, Diagnostic> {
        // Brackets count here, too: written out, an expression of the greatest height has one around each part.
        if self.depth > 2 * MAX_HEIGHT {
            return Err(self.too_high(self.here()));
        }
        self.depth += 1;
        let start = self.start;
        let tree = if self.take("-")? {
            let operand = self.unary()?;
            self.tree(start, Node::Negate(Box::new(operand.expr)), operand.height)?
        } else {
            self.power()?
        };
        self.depth -= 1;
        Ok(tree)
    }

    fn power(&mut self) -> Result<Tree, Diagnostic> {
        let start = self.start;
        let base = self.primary()?;
        if !self.take("^")? {
            return Ok(base);
        }
        let exponent = self.unary()?;
        self.binary(start, Operator::Power, base, exponent)
    }

    fn primary(&mut self) -> Result<Tree, Diagnostic> {
        let start = self.start;
        match self.token {
            Token::Quantity(quantity) => {
                self.advance()?;
                self.tree(start, Node::Quantity(quantity), 0)
            }
            Token::Name(name) => self.named(name),
            Token::Symbol("(") => {
                self.advance()?;
                let mut inner = self.expression()?;
                self.expect(")")?;
                inner.expr.span = self.since(start);
                Ok(inner)
            }
            _ => Err(self.unexpected("a number, a name or \"(\"")),
        }
    }

    /// A name, and what it is by the bracket after it.
    fn named(&mut self, name: &str) -> Result<Tree, Diagnostic> {
        let (start, end) = (self.start, self.end);
        self.advance()?;
        match self.token {
            Token::Symbol("(") if name == "sum" => self.sum_over(start),
            Token::Symbol("(") => self.call(name, start, end),
            Token::Symbol("[") => self.index(name, start),
            _ => match name.strip_prefix("row.") {
                Some(column) => self.tree(start, Node::Column(column.to_string()), 0),
                None if name == "row" => {
                    Err(Diagnostic::error("expression", self.since(start), "row needs a column of the list: row.weight"))
                }
                None => self.tree(start, Node::Name(name.to_string()), 0),
            },
        }
    }

    fn call(&mut self, name: &str, start: usize, end: usize) -> Result<Tree, Diagnostic> {
        let Some((_, function)) = FUNCTIONS.iter().find(|(known, _)| *known == name) else {
            let names = FUNCTIONS.iter().map(|(known, _)| *known).chain(["sum"]);
            let message = format!("there is no function \"{name}\"");
            return Err(Diagnostic::error("unknown-function", self.place.span(start, end), message).nearest(name, names));
        };
        self.expect("(")?;
        let (mut arguments, mut height) = (Vec::new(), 0);
        if self.token != Token::Symbol(")") {
            loop {
                let argument = self.expression()?;
                height = height.max(argument.height);
                arguments.push(argument.expr);
                if !self.take(",")? {
                    break;
                }
            }
        }
        self.expect(")")?;
        let (wanted, fits) = arity(*function, arguments.len());
        if !fits {
            let message = format!("{name} takes {wanted}, not {}", arguments.len());
            return Err(Diagnostic::error("expression", self.since(start), message));
        }
        self.tree(start, Node::Call(*function, arguments), height)
    }

    fn index(&mut self, table: &str, start: usize) -> Result<Tree, Diagnostic> {
        self.expect("[")?;
        let mut indices = Vec::new();
        loop {
            indices.push(self.name("the name of a population, \"source\", \"target\" or \"self\"")?);
            if !self.take(",")? {
                break;
            }
        }
        self.expect("]")?;
        self.tree(start, Node::Index(table.to_string(), indices), 0)
    }

    fn sum_over(&mut self, start: usize) -> Result<Tree, Diagnostic> {
        self.expect("(")?;
        let (variable, _) = self.name("a loop variable: sum(source in column, ..)")?;
        if self.token != Token::Name("in") {
            return Err(self.unexpected("\"in\": sum(source in column, ..)"));
        }
        self.advance()?;
        let group = self.name("the name of a group")?;
        self.expect(",")?;
        let body = self.expression()?;
        self.expect(")")?;
        self.tree(start, Node::Sum { variable, group, body: Box::new(body.expr) }, body.height)
    }

    fn name(&mut self, wanted: &str) -> Result<(String, Span), Diagnostic> {
        let Token::Name(name) = self.token else { return Err(self.unexpected(wanted)) };
        let span = self.here();
        self.advance()?;
        Ok((name.to_string(), span))
    }
}

fn comparison(token: Token<'_>) -> Option<Operator> {
    match token {
        Token::Symbol("<") => Some(Operator::Less),
        Token::Symbol("<=") => Some(Operator::LessEqual),
        Token::Symbol(">") => Some(Operator::Greater),
        Token::Symbol(">=") => Some(Operator::GreaterEqual),
        Token::Symbol("==") => Some(Operator::Equal),
        Token::Symbol("!=") => Some(Operator::NotEqual),
        _ => None,
    }
}

/// How many arguments a function takes, in words, and whether so many fit.
fn arity(function: Function, given: usize) -> (&'static str, bool) {
    match function {
        Function::If => ("a condition and two values", given == 3),
        Function::Min | Function::Max => ("one or more arguments", given >= 1),
        _ => ("one argument", given == 1),
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
