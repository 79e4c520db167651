//! Made recordings: an edge whose events a pencil can find, a slow program that finds all events in small steps, and what must hold of
//! any image.

use super::event;
use models::experiments::events::{AddressEvent, EventStream, Saccades, Sensor};
use sim_core::random::Stream;

fn record(camera: &Saccades, image: &[u8], size: (usize, usize), number: u64) -> EventStream {
    camera.record(image, size, number).expect("a recording")
}

/// Where the image is at a time in units of a saccade: as the module's documentation has it.
fn place(time: f64) -> (f64, f64) {
    let along = match time {
        t if t < 1.0 => (3.5 * t, 7.0 * t),
        t if t < 2.0 => (3.5 + 3.5 * (t - 1.0), 7.0 - 7.0 * (t - 1.0)),
        t => (7.0 - 7.0 * (t - 2.0), 0.0),
    };
    (along.0 - 0.5, along.1 - 0.5)
}

/// An image of 28 x 28, white from column 14 on. A pixel far from its upper and lower ends sees u = x - p_x: black up to 13, white from
/// 14, and between them 0.1 + 0.9 (u - 13). Two saccades make a pixel that was white at first black: four OFF events, at brightness
/// e^-0.5 to e^-2. In the third p_x falls from 6.5 to -0.5 within 100 ms, u grows by one in 100/7 ms: ON events at e^-1.5 to 1.
#[test]
fn an_edge_has_the_events_of_a_pencil() {
    let image: Vec<u8> = (0..784).map(|pixel| if pixel % 28 < 14 { 0 } else { 255 }).collect();
    let stream = record(&Saccades::default(), &image, (28, 28), 0);
    assert_eq!(stream.sensor(), Sensor::N_MNIST, "34 x 34");
    let of = |x: u16, y: u16| stream.events().iter().filter(move |e| (e.x, e.y) == (x, y) && e.time_us >= 200_000);
    let steps = (10.0_f64.ln() / 0.5).floor() as usize;
    assert_eq!(steps, 4, "a white pixel is e^2.30 times as bright as a black one");
    for y in [12, 17, 21] {
        // Pixel 17 sees u from 17.5 to 10.5: the whole edge.
        for x in 14..=19 {
            let expected = (0..steps).rev().map(|k| {
                let u = 13.0 + ((-0.5 * k as f64).exp() - 0.1) / 0.9;
                let time = 200_000.0 + (6.5 - (f64::from(x) - u)) / 7.0 * 100_000.0;
                ((time + 0.5) as u64, true)
            });
            let found: Vec<(u64, bool)> = of(x, y).map(|e| (e.time_us, e.on)).collect();
            assert_eq!(found, expected.collect::<Vec<_>>(), "pixel {x} of row {y}");
        }
        assert_eq!((of(12, y).count(), of(22, y).count()), (0, 0), "pixels that the edge does not reach are silent");
    }
    // The first and second saccade take the edge 7 pixels to the right: the same pixels have grown darker as far.
    let off = stream.events().iter().filter(|e| (e.x, e.y) == (17, 17) && e.time_us < 200_000);
    assert_eq!(off.map(|e| e.on).collect::<Vec<_>>(), [false; 4], "as many OFF events before");
}

/// An independent program: brightness at each of many moments, the image interpolated afresh, an event whenever the logarithm differs
/// from that of the last event by the threshold.
fn in_small_steps(camera: &Saccades, image: &[u8], (rows, columns): (usize, usize), (x, y): (u16, u16)) -> Vec<(f64, bool)> {
    let pixel = |column: f64, row: f64| {
        let inside = column >= 0.0 && row >= 0.0 && column < columns as f64 && row < rows as f64;
        if inside { f64::from(image[row as usize * columns + column as usize]) / 255.0 } else { 0.0 }
    };
    let seen = |time: f64| {
        let (px, py) = place(time);
        let (u, v) = (f64::from(x) - px, f64::from(y) - py);
        let (left, top) = (u.floor(), v.floor());
        let across = |row: f64| pixel(left, row) * (left + 1.0 - u) + pixel(left + 1.0, row) * (u - left);
        let light = across(top) * (top + 1.0 - v) + across(top + 1.0) * (v - top);
        (camera.dark + (1.0 - camera.dark) * light).ln()
    };
    // Moments at which pixels lie on pixels, where brightness may have a sharp peak, are among them: multiples of 1/14.
    const STEPS: usize = 3 * 14 * 1428;
    let mut last = seen(0.0);
    let mut events = Vec::new();
    for step in 1..=STEPS {
        let time = 3.0 * step as f64 / STEPS as f64;
        let now = seen(time);
        // Brightness at the end is that at first: rounding is not to say whether the last event is one.
        while (now - last).abs() >= camera.threshold - 1e-9 {
            let on = now > last;
            last += if on { camera.threshold } else { -camera.threshold };
            events.push((time, on));
        }
    }
    events
}

#[test]
fn small_steps_find_the_same_events() {
    let size = (4, 5);
    let camera = Saccades { threshold: 0.23, dark: 0.07, saccade_us: 60_000, ..Saccades::default() };
    let mut total = 0;
    for seed in 0..6 {
        let mut draw = Stream::new(seed, 3);
        let image: Vec<u8> = (0..20).map(|_| draw.below(256) as u8).collect();
        let stream = record(&camera, &image, size, 0);
        assert_eq!(stream.sensor(), Sensor { columns: 11, rows: 10 });
        for y in 0..10 {
            for x in 0..11 {
                let own = stream.events().iter().filter(|e| (e.x, e.y) == (x, y));
                let found: Vec<(f64, bool)> = own.map(|e| (e.time_us as f64 / 60_000.0, e.on)).collect();
                let expected = in_small_steps(&camera, &image, size, (x, y));
                let polarity = |events: &[(f64, bool)]| events.iter().map(|event| event.1).collect::<Vec<_>>();
                assert_eq!(polarity(&found), polarity(&expected), "seed {seed}, pixel ({x}, {y})");
                for (a, b) in found.iter().zip(&expected) {
                    // A step is 1/19992 of a saccade, 3 µs; ours is rounded to 1 µs.
                    assert!(b.0 - a.0 > -1e-5 && b.0 - a.0 < 7e-5, "seed {seed}, pixel ({x}, {y}): {a:?} and {b:?}");
                }
                total += found.len();
            }
        }
    }
    assert!(total > 5000, "there is something to find: {total}");
}

fn digit() -> Vec<u8> {
    (0..784_i32).map(|i| (255 - 12 * ((i / 28 - 13).abs() + (i % 28 - 14).abs()).min(21)) as u8 * u8::from(i % 3 > 0)).collect()
}

/// The image comes back to where it was: so does each pixel's brightness, and the last event's differs from it by less than a step.
#[test]
fn each_pixel_has_as_many_on_as_off_events() {
    let stream = record(&Saccades::default(), &digit(), (28, 28), 0);
    let mut balance = vec![0_i32; Sensor::N_MNIST.pixels()];
    stream.events().iter().for_each(|e| balance[usize::from(e.y) * 34 + usize::from(e.x)] += if e.on { 1 } else { -1 });
    assert!(stream.events().len() > 1000, "it has events");
    assert!(balance.iter().all(|sum| *sum == 0), "none is left over");
    assert!(stream.events().iter().all(|e| e.time_us <= 300_000), "within three saccades");
    let black = record(&Saccades::default(), &[0; 784], (28, 28), 0);
    assert_eq!(black.events(), [], "a black image is silent");
}

#[test]
fn background_events_come_as_often_as_asked() {
    let quiet = Saccades::default();
    let noisy = Saccades { noise_hz: 20.0, seed: 5, ..quiet.clone() };
    let clean = record(&quiet, &digit(), (28, 28), 7);
    let all = record(&noisy, &digit(), (28, 28), 7);
    assert_eq!(record(&noisy, &digit(), (28, 28), 7), all, "the same again");
    assert_ne!(record(&noisy, &digit(), (28, 28), 8), all, "another number");
    assert_ne!(record(&Saccades { seed: 6, ..noisy.clone() }, &digit(), (28, 28), 7), all, "another seed");
    assert_eq!(record(&Saccades { seed: 6, ..quiet.clone() }, &digit(), (28, 28), 8), clean, "without them nothing is drawn");
    let mut rest = all.events().to_vec();
    for event in clean.events() {
        let place = rest.binary_search(event).expect("the image's events are among all");
        rest.remove(place);
    }
    let mean = 20.0 * 1156.0 * 0.3;
    let off = rest.len() as f64 - mean;
    assert!(off.abs() < 4.0 * mean.sqrt(), "{} background events, {mean} expected", rest.len());
    let on = rest.iter().filter(|e| e.on).count() as f64;
    assert!((on - mean / 2.0).abs() < 4.0 * (mean / 2.0).sqrt(), "half of them ON: {on}");
    let right = rest.iter().filter(|e| e.x >= 17).count() as f64;
    assert!((right - mean / 2.0).abs() < 4.0 * (mean / 2.0).sqrt(), "half of them right: {right}");
    let late = rest.iter().filter(|e| e.time_us >= 150_000).count() as f64;
    assert!((late - mean / 2.0).abs() < 4.0 * (mean / 2.0).sqrt(), "half of them late: {late}");
}

#[test]
fn settings_and_images_that_cannot_be() {
    let fine = Saccades::default();
    let told = |camera: Saccades| camera.record(&[0; 4], (2, 2), 0).expect_err("a problem").to_string();
    assert_eq!(told(Saccades { threshold: 0.0, ..fine.clone() }), "the threshold is from 0.01 to 10");
    assert_eq!(told(Saccades { threshold: f64::NAN, ..fine.clone() }), "the threshold is from 0.01 to 10");
    assert_eq!(told(Saccades { dark: 1.0, ..fine.clone() }), "the brightness of black is from 0.001 to 0.999");
    assert_eq!(told(Saccades { saccade_us: 0, ..fine.clone() }), "a saccade takes from 1 ms to 2 s");
    assert_eq!(told(Saccades { noise_hz: -1.0, ..fine.clone() }), "there are from 0 to 10000 background events a second");
    assert!(fine.record(&[0; 5], (2, 2), 0).is_err(), "another number of pixels");
    assert!(Saccades::sensor((249, 249)).is_ok_and(|sensor| sensor == Sensor { columns: 255, rows: 255 }), "the largest");
    assert!(Saccades::sensor((250, 28)).is_err() && Saccades::sensor((28, 100_000)).is_err(), "larger ones");
    let one: Vec<AddressEvent> = record(&fine, &[255], (1, 1), 0).events().to_vec();
    assert!(one.iter().any(|e| *e == event(e.time_us, 3, 6, e.on)), "a single pixel comes to the triangle's tip");
}
