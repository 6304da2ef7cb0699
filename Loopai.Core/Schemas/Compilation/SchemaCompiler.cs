using System.Runtime.InteropServices;
using System.Text.Json;
using Loopai.Core.Schemas.Evaluation;
using Loopai.Core.Schemas.Keywords;

namespace Loopai.Core.Schemas.Compilation;

/// <summary>Turns the text of a schema into nodes that can be evaluated.</summary>
internal static class SchemaCompiler
{
    /// <param name="schema">A schema that outlives the compilation: nodes keep parts of it.</param>
    /// <param name="options">What is asserted, and what the schema may cost.</param>
    /// <param name="tracksScope">Whether a reference depends on the way it is reached.</param>
    public static SchemaNode Compile(JsonElement schema, SchemaOptions options, out bool tracksScope)
    {
        CheckSize(schema, options);
        var catalog = new SchemaCatalog();
        var root = new SchemaScanner(catalog).Scan(schema, "", new SchemaResource(""));
        var assertions = new AssertionReader(options);
        var applicators = new ApplicatorReader(catalog, options);
        while (catalog.Pending.TryDequeue(out var site))
        {
            Annotations.Check(site);
            site.Node.Fill(site.Node.RefusesAll
                ? [new NothingKeyword(site.Pointer)]
                : assertions.Read(site).Concat(applicators.Read(site)));
        }

        InPlaceCycles.Refuse(catalog.Sites.Select(site => site.Node));
        tracksScope = catalog.Sites.Any(site => site.Node.Keywords.Any(keyword => keyword is DynamicReferenceKeyword));
        return root.Node;
    }

    private static void CheckSize(JsonElement schema, SchemaOptions options)
    {
        var raw = JsonMarshal.GetRawUtf8Value(schema);
        if (raw.Length > options.MaxSchemaBytes)
        {
            throw new InvalidSchemaException("", $"the schema has {raw.Length} bytes, more than the {options.MaxSchemaBytes} allowed");
        }

        var reader = new Utf8JsonReader(raw, new JsonReaderOptions
        {
            MaxDepth = int.MaxValue,
            AllowTrailingCommas = true,
            CommentHandling = JsonCommentHandling.Skip,
        });
        while (reader.Read())
        {
            if (reader.CurrentDepth > options.MaxSchemaDepth)
            {
                throw new InvalidSchemaException("", $"the schema is nested deeper than the {options.MaxSchemaDepth} levels allowed");
            }
        }
    }
}
