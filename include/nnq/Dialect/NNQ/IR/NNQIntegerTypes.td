// Tensors of integers and booleans, as operations take them.

#ifndef NNQ_INTEGER_TYPES_TD
#define NNQ_INTEGER_TYPES_TD

include "nnq/Dialect/NNQ/IR/NNQBase.td"

// `i1` is a boolean, `iN` is signed, `uiN` unsigned.
defvar NNQ_Integers = [I1, I8, I16, I32, I64, UI8, UI16, UI32, UI64];
def NNQ_BooleanTensor : StaticShapeTensorOf<[I1]>;
def NNQ_IntegerTensor : StaticShapeTensorOf<NNQ_Integers>;
// Places along a dimension.
def NNQ_IndexTensor : StaticShapeTensorOf<[I32, I64]>;
// Reals (float or quantized), integers or booleans.
def NNQ_NumberTensor : StaticShapeTensorOf<!listconcat([F32, NNQ_QuantizedElement], NNQ_Integers)>;

#endif // NNQ_INTEGER_TYPES_TD
