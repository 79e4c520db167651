//! What is wrong with a text, and where: collected, never thrown at the first.

/// Which text a [`Span`] points into: an index of [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct SourceId(pub u32);

/// Bytes `start..end` of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Span {
    /// The text.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Spanned<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Span,
}

/// The texts that diagnostics point into: the netlist, side tables, `--set` arguments.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    texts: Vec<(String, String)>,
}

impl Sources {
    /// Adds a text under the name shown in messages.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        self.texts.push((name.into(), text.into()));
        SourceId(self.texts.len() as u32 - 1)
    }

    /// Name of a source.
    pub fn name(&self, id: SourceId) -> &str {
        self.texts.get(id.0 as usize).map_or("", |t| &t.0)
    }

    /// Text of a source.
    pub fn text(&self, id: SourceId) -> &str {
        self.texts.get(id.0 as usize).map_or("", |t| &t.1)
    }

    /// Line and column (both from 1, the column in characters) of a span's start.
    pub fn line_column(&self, span: Span) -> (usize, usize) {
        let text = self.text(span.source);
        let start = (span.start as usize).min(text.len());
        let before = String::from_utf8_lossy(&text.as_bytes()[..start]);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        (line, column)
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The run goes on (an error under `--strict`).
    Warning,
    /// Nothing is run.
    Error,
}

/// One problem: a stable code for scripts, a sentence for people, the place, and what to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// Stable, in kebab-case ("unknown-key").
    pub code: &'static str,
    /// One sentence.
    pub message: String,
    /// The text underlined; `None` when the problem has no place (a size that does not fit).
    pub span: Option<Span>,
    /// A few words under the underlined text.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code, message: message.into(), span: Some(span), label: String::new(), help: None }
    }

    /// A warning at a place.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    /// An error without a place.
    pub fn general(code: &'static str, message: impl Into<String>) -> Self {
        Self { span: None, ..Self::error(code, Span::default(), message) }
    }

    /// With words under the underlined text.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With advice.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With the nearest of the known names as advice, when one is near; else with the list of a few.
    pub fn nearest<'a>(self, word: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().take(MOST_NAMES + 1).collect();
        match nearest(word, &known) {
            Some(name) => self.help(format!("did you mean \"{name}\"?")),
            None if !known.is_empty() && known.len() <= 12 => self.help(format!("known here: {}", known.join(", "))),
            None => self,
        }
    }

    /// Whether it stops the run.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Why something has no value.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// A problem that nobody has reported yet.
    Report(Box<Diagnostic>),
    /// It rests on something whose problem was reported where it arose: nothing more is said.
    Reported,
}

impl From<Diagnostic> for Failure {
    fn from(problem: Diagnostic) -> Self {
        Self::Report(Box::new(problem))
    }
}

/// A value, or why there is none.
pub type Outcome<T> = Result<T, Failure>;

/// Among more names than this none is suggested: where a program wrote many of them, and refers to as many that there are not, it
/// would take longer than all else.
const MOST_NAMES: usize = 1000;

/// The known name nearest to a word, if it is near enough to be a slip of the keyboard and there are not too many.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    if known.len() > MOST_NAMES {
        return None;
    }
    let lower = word.to_lowercase();
    let (length, allowed) = (lower.chars().count(), (word.chars().count() / 3).max(1));
    known
        .iter()
        .map(|name| (name.to_lowercase(), *name))
        // What differs more in length differs more; and long words take much memory to compare.
        .filter(|(known, _)| known.chars().count().abs_diff(length) <= allowed)
        .map(|(known, name)| (strsim::damerau_levenshtein(&lower, &known), name))
        // Two words of one letter are always near, and say nothing of each other.
        .filter(|(distance, _)| *distance <= allowed && *distance < lower.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Most problems reported of one netlist; more would only repeat the first.
pub const MAX_DIAGNOSTICS: usize = 50;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_names() {
        let known = ["tau_m", "t_ref", "v_th"];
        assert_eq!(nearest("tau_n", &known), Some("tau_m"), "one letter off");
        assert_eq!(nearest("Tau_M", &known), Some("tau_m"), "case is a slip");
        assert_eq!(nearest("conductance", &known), None, "nothing near");
        assert_eq!(nearest(&"tau_m".repeat(1 << 20), &known), None, "a long word is compared with none that is shorter");
        assert_eq!(nearest("m", &["j", "n"]), None, "one letter is no slip for another");
        assert_eq!(nearest("J", &["j", "n"]), Some("j"), "except for its case");
    }

    #[test]
    fn places() {
        let mut sources = Sources::default();
        let id = sources.add("a.toml", "x = 1\ny = 'µ' z");
        let span = Span { source: id, start: 15, end: 16 };
        assert_eq!(sources.line_column(span), (2, 9), "columns count characters");
    }
}
