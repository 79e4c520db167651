//! How a hardened memory is asked: lines of scripts, tables of netlists, and what cannot be asked.

use super::{Chance, SIZES, Table};
use crate::netlist;
use models::systems::ca3::hardened::depth;
use models::systems::ca3::{Action, Operation, Size, schedule, script};
use netlists::Format;
use sim_core::diagnostic::SourceId;
use sim_core::elaborate::NoFiles;
use sim_core::random::Stream;

/// What is written is read again.
#[test]
fn scripts_say_all_operations() {
    let table = Table(vec![(0..10).collect(); 5]);
    let action = |number| Chance { stream: Stream::new(5, number), size: SIZES[0], table: &table }.action();
    let mut at = 0;
    let operation = |number| {
        let operation = Operation { at, action: action(number) };
        at += depth(&operation.action);
        operation
    };
    let operations: Vec<Operation> = (0..300).map(operation).collect();
    let text = script::write(&operations);
    let read = schedule(script::read(&text, SourceId::default()).expect("a script"), None).expect("times");
    for (operation, read) in operations.iter().zip(&read) {
        // Where the best is asked for, no number of bits is.
        let normal = match operation.action.clone() {
            Action::Find(mut query) => {
                query.least = if query.best { 1 } else { query.least };
                Action::Find(query)
            }
            action => action,
        };
        assert_eq!((read.at, &read.action), (operation.at, &normal), "{}", operation.action.words());
    }
    assert_eq!(read.len(), operations.len(), "each has a line");
}

#[test]
fn what_is_wrong_in_a_line_is_told() {
    let size = Size { cues: 5, contents: 10 };
    for (line, says) in [
        ("find", "find needs - and content bits"),
        ("find 2 -", "find needs content bits"),
        ("find best 2 - 1", "a number of bits or best, not by both"),
        ("find two - 1", "not \"two\""),
        ("find 11 - 1", "a content has 1 to 10 bits"),
        ("find 0 - 1", "a content has 1 to 10 bits"),
        ("find 1 - 10", "no content bit 10"),
        ("forget", "forget needs a cue"),
        ("forget 1 2", "forget takes a cue alone"),
        ("forget 5", "no cue 5"),
        ("fnd 1 - 1", "no operation \"fnd\""),
    ] {
        let problem = match script::read(line, SourceId::default()) {
            Ok(steps) => steps.iter().find_map(|step| step.action.check(size, step.span).err()),
            Err(problems) => problems.into_iter().next(),
        };
        let message = problem.map_or_else(|| "nothing".to_string(), |problem| problem.message);
        assert!(message.contains(says), "{line}: {message}");
    }
}

fn problems(kind: &str, operations: &str) -> Vec<String> {
    let text = format!(
        "spikeloom = 1\n[network]\ntimestep = \"1 ms\"\nduration = \"60 ms\"\n[[systems]]\nkind = \"{kind}\"\nas = \"mem\"\n\
         cues = 5\ncontents = 10\noperations = [{operations}]\n"
    );
    netlist::read(&NoFiles, Format::Toml, &text, &[]).1
}

#[test]
fn netlists_say_them_in_tables() {
    let all = "{ at = \"0 ms\", learn = 0, content = [1, 4] }, { at = \"1 ms\", find = [4], least = 1, one = 1, whole = 1 }, \
               { at = \"2 ms\", find = [1, 4, 5], best = 1 }, { at = \"9 ms\", forget = 0 }";
    assert_eq!(problems("ca3_memory_hardened", all), Vec::<String>::new(), "the hardened memory does all");
    let soon = problems("ca3_memory_hardened", &all.replace("9 ms", "8 ms"));
    assert!(soon.len() == 1 && soon[0].contains("keeps the memory busy for 7 ms"), "{soon:?}");
    let published = problems("ca3_memory", all);
    assert!(published.len() == 1 && published[0].contains("ca3_memory does not find"), "{published:?}");
    let both = problems("ca3_memory_hardened", "{ at = \"2 ms\", find = [1], best = 1, least = 1 }");
    assert!(both.len() == 1 && both[0].contains("least = NUMBER or best = 1"), "{both:?}");
    let more = problems("ca3_memory_hardened", "{ at = \"2 ms\", recall = 1, one = 1 }");
    assert!(more.len() == 1 && more[0].contains("an operation is one of"), "{more:?}");
}
