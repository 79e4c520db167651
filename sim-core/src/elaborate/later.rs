//! Models that the language knows by name and that are not built yet.

/// Their names and aliases.
const MODELS: &[&str] = &["astrocyte_lr_1994", "lif_psc_exp_ps", "hh_psc_alpha", "gif_cond_exp"];

/// Whether the model is planned and not built yet.
pub(crate) fn is_later(model: &str) -> bool {
    MODELS.contains(&model)
}
