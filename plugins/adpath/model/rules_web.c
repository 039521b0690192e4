#include "rules.h"
void adp_rules_web(adp_rules *r)
{
    (void)r;
}
