// All of the C kernels, one header a family. C symbols carry the prefix bk_.
#include "bk_activation.h"
#include "bk_ceilings.h"
#include "bk_loss.h"
#include "bk_optimizer.h"
#include "bk_processor.h"
#include "bk_team.h"
#include "bk_vector.h"
