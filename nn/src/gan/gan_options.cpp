#include <array>
#include <string_view>

#include "doppel/nn/gan/gan_options.h"
#include "train/precision_names.h"

namespace doppel::nn {
namespace {

constexpr std::array<std::string_view, 7> kLosses{"minimax",     "non-saturating", "least-squares", "hinge",
                                                  "wasserstein", "relativistic",   "velocity"};

}  // namespace

void GanOptions::fields(FieldVisitor& visit) {
  const MayDiffer free = MayDiffer::Yes;
  visit.heading("Networks");
  visit({"generator", {}, "NET", "notation, from [latent + classes, 1, 1] to the image"}, generator);
  visit({"discriminator", {}, "NET", "notation, from the image to 1 + classes numbers"}, discriminator);
  visit({"latent", {1}, "N", "random numbers that an image is made from"}, latent);
  visit({"sample_steps", {1, 1000}, "N", "a flow's steps from noise to an image, of two passes each"},
        sample_steps);
  visit({"spectral", {}, "", "divide the discriminator's weights by their largest singular value"}, spectral);
  visit({"freeze_d", {0}, "N", "blocks of the discriminator that keep their weights, from the image on"},
        freeze_discriminator);
  visit.heading("Learning");
  visit.choice({"loss", {}, "", "what the networks make small; velocity: a flow's"}, loss, kLosses);
  visit({"penalty", {0}, "NUMBER", "weight of the penalty on the discriminator's gradient (R1 and R2)"},
        penalty);
  visit({"penalty_between", {}, "", "that penalty at images between real and generated ones (WGAN-GP)"},
        penalty_between);
  visit({"lecam", {0}, "NUMBER", "weight of LeCam's regulariser, for few images, as 0.1; 0: none"}, lecam);
  visit({"critic_steps", {1}, "N", "steps of the discriminator for one of the generator"}, critic_steps);
  visit({"steps", {1}, "N", "batches that both networks learn from", {}, MayDiffer::InLength}, steps);
  visit({"batch", {1}, "N", "images in a batch"}, batch);
  visit({"lr", {.low = 0, .above_low = true}, "RATE", "learning rate, which falls to a quarter"}, rate);
  visit({"beta1", {0, 1, false, true}, "RATE", "Adam's decay of the mean of gradients"}, beta1);
  visit({"beta2", {0, 1, false, true}, "RATE", "its decay of the mean of their squares"}, beta2);
  visit({"average", {0, 1, false, true}, "RATE", "decay of the generator's average, which generates"},
        average);
  visit({"augment_chance", {0, 1}, "SHARE", "of images that are augmented before the discriminator"},
        augment_chance);
  visit({"ada",
         {0, 1, false, true},
         "SHARE",
         "adapt that chance to this surplus of right answers, as 0.6; 0: never"},
        augment_target);
  visit({"seed", {}, "N", "of weights, order and augmentation"}, seed);
  visit.heading("Machine");
  visit.choice({"precision", {}, "", "how numbers are multiplied"}, precision, kPrecisions);
  visit({"threads", {0}, "N", "that work, on which results don't depend; 0: all cores", {}, free}, threads);
  visit({"shards", {1}, "N", "parts of a batch, on which results depend"}, shards);
}

}  // namespace doppel::nn
