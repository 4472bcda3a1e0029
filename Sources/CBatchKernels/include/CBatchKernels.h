// All of the C side. C symbols carry the prefix bk_.
#include "bk_activation.h"
#include "bk_ceilings.h"
#include "bk_instruction_set.h"
#include "bk_kernels.h"
#include "bk_processor.h"
#include "bk_product.h"
#include "bk_team.h"
#include "bk_update.h"
