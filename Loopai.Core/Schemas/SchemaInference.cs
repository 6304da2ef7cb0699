using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Schemas.Inference;

namespace Loopai.Core.Schemas;

/// <summary>Proposes a schema from examples. Every example fits it; what it should refuse, its author knows better.</summary>
public static class SchemaInference
{
    /// <returns>A schema of draft 2020-12; one that allows everything where there are no examples.</returns>
    public static JsonNode FromExamples(IEnumerable<JsonElement> examples) => new ExampleSet([.. examples]).ToSchema();
}
