//! A core's work by hand: packets first, updates in what time they leave.

use sim_hw::emulation::cores::{Desk, Task, work};

const STEP: u64 = 1000;

fn task(at_ps: u64, parts: [u64; 3]) -> Task {
    Task { at_ps, step: at_ps / STEP + 1, parts }
}

/// Updates alone take their time from the beginning of each step.
#[test]
fn updates_alone() {
    let desk = work(&[], 400, (3, STEP));
    assert_eq!(desk, Desk { updating: 1200, longest: 400, longest_step: 1, asked: [400, 0, 0, 0], most: 400, ..Desk::default() });
}

/// 0..100 updates, 100..260 a packet, 260..460 the one that came meanwhile, 460..760 the rest of the updates.
#[test]
fn packets_interrupt_updates_and_wait_for_each_other() {
    let desk = work(&[task(100, [10, 50, 100]), task(150, [10, 90, 100])], 400, (1, STEP));
    assert_eq!((desk.longest, desk.late, desk.overruns, desk.behind), (760, 0, 0, 0));
    assert_eq!(desk.asked, [400, 20, 140, 200]);
    assert_eq!(desk.busy(), 760);
}

/// A packet late in a step is late, though there is time in all; the next step begins behind by as much.
#[test]
fn a_packet_near_the_end_of_a_step_is_late() {
    let desk = work(&[task(950, [0, 0, 120])], 200, (2, STEP));
    // 0..200 updates, 950..1070 the packet; then 1070..1270 updates.
    assert_eq!((desk.late, desk.overruns, desk.behind), (1, 1, 70));
    assert_eq!((desk.longest, desk.longest_step), (1070, 1));
}

/// More work than time, step after step: the core falls behind by what is too much, and no step is said to take longer than its work.
#[test]
fn an_overloaded_core_falls_behind_step_by_step() {
    let tasks: Vec<Task> = (0..10).map(|step| task(step * STEP, [100, 200, 400])).collect();
    let desk = work(&tasks, 500, (10, STEP));
    assert_eq!((desk.most, desk.overruns, desk.behind), (1200, 10, 10 * 200));
    assert_eq!(desk.longest, 1200);
    // The packets have the first word: none of them is late, only updates are.
    assert_eq!(desk.late, 0);
    let heavy: Vec<Task> = (0..10).map(|step| task(step * STEP, [100, 200, 900])).collect();
    let desk = work(&heavy, 0, (10, STEP));
    assert_eq!((desk.late, desk.behind), (10, 2000), "the k-th is done 200 k after its step");
}

/// Packets that come after the last step are late, and counted.
#[test]
fn what_never_came_in_time_is_late() {
    let desk = work(&[Task { at_ps: 5000, step: 1, parts: [10, 10, 10] }], 100, (2, STEP));
    assert_eq!((desk.late, desk.asked), (1, [100, 10, 10, 10]), "what the step asked for, whenever it came");
}
