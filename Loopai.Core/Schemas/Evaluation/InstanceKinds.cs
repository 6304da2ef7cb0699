using System.Text.Json;

namespace Loopai.Core.Schemas.Evaluation;

/// <summary>A set of JSON kinds.</summary>
[Flags]
internal enum InstanceKinds
{
    None = 0,
    Object = 1 << JsonValueKind.Object,
    Array = 1 << JsonValueKind.Array,
    String = 1 << JsonValueKind.String,
    Number = 1 << JsonValueKind.Number,
    True = 1 << JsonValueKind.True,
    False = 1 << JsonValueKind.False,
    Boolean = True | False,
    Null = 1 << JsonValueKind.Null,
    Any = Object | Array | String | Number | Boolean | Null,
}

internal static class InstanceKindExtensions
{
    public static bool Has(this InstanceKinds kinds, JsonValueKind kind) => ((int)kinds & (1 << (int)kind)) != 0;
}
