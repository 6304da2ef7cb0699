using System.Reflection;
using System.Text.Json;

namespace Loopai.Core.Schemas.Compilation;

/// <summary>The schema of schemas of draft 2020-12 and its vocabularies: the only documents that a schema can refer to.</summary>
internal static class Metaschemas
{
    public const string Draft202012 = "https://json-schema.org/draft/2020-12/schema";

    private const string Folder = "https://json-schema.org/draft/2020-12/";

    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "schema", "meta/core", "meta/applicator", "meta/unevaluated", "meta/validation", "meta/meta-data", "meta/format-annotation", "meta/content",
    };

    public static bool TryRead(string uri, out JsonElement metaschema)
    {
        metaschema = default;
        if (!uri.StartsWith(Folder, StringComparison.Ordinal) || !Names.Contains(uri[Folder.Length..]))
        {
            return false;
        }

        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("draft-2020-12/" + uri[Folder.Length..])
            ?? throw new InvalidOperationException($"The resource of {uri} is missing from the assembly.");
        using var document = JsonDocument.Parse(stream);
        metaschema = document.RootElement.Clone();
        return true;
    }
}
