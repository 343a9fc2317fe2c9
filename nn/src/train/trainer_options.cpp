#include "doppel/nn/train/trainer.h"
#include "precision_names.h"

namespace doppel::nn {

void TrainerOptions::fields(FieldVisitor& visit) {
  const MayDiffer free = MayDiffer::Yes;
  visit.heading("Steps");
  visit({"epochs", {1}, "N", "times that all of the data is learned from", {}, MayDiffer::InLength}, epochs);
  visit({"accumulate", {1}, "N", "batches that make one step together"}, accumulate);
  visit({"optimizer", {}, "", "how weights follow the gradient"}, optimizer);
  visit({"lr", {0}, "RATE", "peak learning rate; 0: the optimizer's own"}, rate);
  visit({"schedule", {}, "", "how the rate goes"}, schedule);
  visit({"warm_up", {0}, "EPOCHS", "in which the rate rises from 0, a fifth of all at most"}, warm_up_epochs);
  visit({"plateau", {0}, "N", "epochs without a lower loss until the rate falls; 0: never"}, plateau);
  visit({"plateau_factor", {0, 1, true}, "SHARE", "what it becomes then"}, plateau_factor);
  visit({"clip", {0}, "NORM", "longest gradient; 0: any"}, clip_norm);
  visit({"average", {0, 1, false, true}, "RATE", "decay of an average of the weights, as 0.999; 0: none"},
        average);
  visit({"seed", {}, "N", "of weights, order and augmentation"}, seed);
  visit.heading("Loss and measuring");
  visit({"loss", {}, "", "to be made small: of masks segmentation, of numbers mse, mae or huber"}, loss);
  visit({"valid_every", {0}, "N", "epochs between measurements; 0: by their cost", {}, free}, valid_every);
  visit({"patience", {0}, "N", "epochs without a better accuracy, mAP, R2 or IoU until it stops; 0: never"},
        patience);
  visit.heading("Machine");
  visit({"run_frozen", {}, "", "frozen layers run in each epoch, though images aren't augmented"},
        run_frozen);
  visit.choice({"precision", {}, "", "how numbers are multiplied"}, precision, kPrecisions);
  visit.choice({"gradients", {}, "", "how gradients travel between several processes"}, gradients,
               kPrecisions);
  visit({"threads", {0}, "N", "that work, on which results don't depend; 0: all cores", {}, free}, threads);
  visit({"shards", {0}, "N", "parts of a batch, on which results depend; 0: one per core", {}, free}, shards);
  visit({"checkpoint_every", {0}, "N", "steps between checkpoints; 0: after epochs alone", {}, free},
        checkpoint_every);
}

}  // namespace doppel::nn
