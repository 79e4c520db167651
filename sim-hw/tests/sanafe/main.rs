//! The twin of SANA-FE against SANA-FE's own results, closed forms and bad files.

mod cases;
mod reference;
mod refusals;
