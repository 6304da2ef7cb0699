using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loopai.Core.Identity.SignOn;

/// <summary>How settings of connections are written in their column, and in the API.</summary>
public static class SignOnJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };
}
