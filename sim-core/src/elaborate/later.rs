//! Models that the language knows by name and that are not built yet.

/// Their names and aliases.
const MODELS: &[&str] = &[
    "image",
    "leaky_modulator",
    "astrocyte_lr_1994",
    "lif_cond_alpha",
    "iaf_cond_alpha",
    "IF_cond_alpha",
    "lif_psc_exp_ps",
    "hh_psc_alpha",
    "hh_cond_exp_traub",
    "HH_cond_exp",
    "izhikevich_2007",
    "gif_psc_exp",
    "gif_cond_exp",
    "aeif_psc_exp",
    "mat2_psc_exp",
];

/// Whether the model is planned and not built yet.
pub(crate) fn is_later(model: &str) -> bool {
    MODELS.contains(&model)
}
