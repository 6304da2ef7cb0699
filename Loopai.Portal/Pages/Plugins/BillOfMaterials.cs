using System.Text.Json;

namespace Loopai.Portal.Pages.Plugins;

/// <summary>What a version is made of: its files and the plugins it needs, read from the CycloneDX that is kept with it.</summary>
internal sealed record BillOfMaterials(IReadOnlyList<BillOfMaterials.Part>? Components)
{
    /// <summary>Null where it is told in another way.</summary>
    public static BillOfMaterials? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<BillOfMaterials>(json, JsonSerializerOptions.Web) is { Components: not null } bill ? bill : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <param name="Type">As CycloneDX calls it.</param>
    /// <param name="Name">A path, or a plugin's key.</param>
    /// <param name="Version">Which versions of a plugin do; null for a file.</param>
    /// <param name="Hashes">Of a file.</param>
    internal sealed record Part(string? Type, string? Name, string? Version, IReadOnlyList<Hash>? Hashes)
    {
        public string Kind => Type switch
        {
            "file" => "file",
            "library" => "plugin it needs",
            _ => Type ?? "",
        };

        public string? Sha256 => Hashes?.FirstOrDefault(h => h.Alg == "SHA-256")?.Content;
    }

    internal sealed record Hash(string? Alg, string? Content);
}
