using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Loopai.Portal.Pages.Tasks.Playground;

/// <param name="Language">As the segment is named.</param>
/// <param name="Code">Ready to paste; the key is read from the environment, so that no key lands in a shell's history.</param>
public sealed record CallSnippet(string Language, string Code);

/// <summary>The call that the playground makes, as code.</summary>
public static class CallSnippets
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IReadOnlyList<CallSnippet> For(string baseUrl, Guid task, string input, int? version)
    {
        var url = baseUrl + "/api/v1/tasks/execute";
        var json = Serialize(task, input, version);
        return
        [
            new("curl", $"""
                curl {url} \
                  -H "Authorization: Bearer $LOOPAI_KEY" \
                  -H "Content-Type: application/json" \
                  -d '{json.Replace("'", "'\\''", StringComparison.Ordinal)}'
                """),
            new("Python", $"""
                import json, os, requests

                answer = requests.post(
                    "{url}",
                    headers={Braces($"\"Authorization\": f\"Bearer {Braces("os.environ['LOOPAI_KEY']")}\"")},
                    json=json.loads({Quoted(json)}),
                    timeout=10,
                )
                answer.raise_for_status()
                print(answer.json()["output"])
                """),
            new("JavaScript", $$"""
                const answer = await fetch("{{url}}", {
                  method: "POST",
                  headers: {
                    "Authorization": `Bearer ${process.env.LOOPAI_KEY}`,
                    "Content-Type": "application/json",
                  },
                  body: JSON.stringify({{json}}),
                });
                if (!answer.ok) throw new Error(await answer.text());
                console.log((await answer.json()).output);
                """),
            new("C#", $""""
                using System.Net.Http.Headers;
                using System.Text;

                using var http = new HttpClient();
                http.DefaultRequestHeaders.Authorization =
                    new AuthenticationHeaderValue("Bearer", Environment.GetEnvironmentVariable("LOOPAI_KEY"));
                var body = new StringContent({Quoted(json)}, Encoding.UTF8, "application/json");
                var answer = await http.PostAsync("{url}", body);
                answer.EnsureSuccessStatusCode();
                Console.WriteLine(await answer.Content.ReadAsStringAsync());
                """"),
        ];
    }

    private static string Serialize(Guid task, string input, int? version)
    {
        var number = version is { } v ? $",\"version\":{v.ToString(CultureInfo.InvariantCulture)}" : "";
        return $"{{\"taskId\":\"{task}\",\"input\":{Minified(input)}{number}}}";
    }

    private static string Minified(string json)
    {
        try
        {
            return JsonSerializer.Serialize(JsonElement.Parse(json), Compact);
        }
        catch (JsonException)
        {
            return "{}";
        }
    }

    // A JSON string is also a string literal of Python and of C#.
    private static string Quoted(string text) => JsonSerializer.Serialize(text, Compact);

    private static string Braces(string text) => "{" + text + "}";
}
