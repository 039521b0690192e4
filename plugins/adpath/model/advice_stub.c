#include "advice_fill.h"
const adp_advice *adp_advice_find(const char *key)
{
    (void)key;
    return NULL;
}
char *adp_advice_fill(const char *t, const adp_advice_values *v)
{
    (void)v;
    return g_strdup(t);
}
