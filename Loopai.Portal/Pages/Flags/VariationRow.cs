using System.Text.Json;
using Loopai.Core.Flags;

namespace Loopai.Portal.Pages.Flags;

/// <summary>A variation while somebody edits it. A text is written as it is, everything else as JSON.</summary>
public sealed class VariationRow
{
    public string Key { get; set; } = "";

    public string Value { get; set; } = "";

    public static VariationRow Of(FlagVariation variation) => new()
    {
        Key = variation.Key!, Value = variation.Value.ValueKind == JsonValueKind.String ? variation.Value.GetString()! : variation.Value.GetRawText(),
    };

    /// <summary>What cannot be read stays undefined, for the service to refuse in its place.</summary>
    public FlagVariation ToVariation(FlagType type)
    {
        if (type == FlagType.String)
        {
            return new FlagVariation(Key, JsonSerializer.SerializeToElement(Value));
        }

        try
        {
            return new FlagVariation(Key, JsonElement.Parse(Value));
        }
        catch (JsonException)
        {
            return new FlagVariation(Key, default);
        }
    }
}
