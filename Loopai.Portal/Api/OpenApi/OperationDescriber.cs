using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Loopai.Portal.Api.OpenApi;

/// <summary>What every operation has beside its own summary: an id, examples, headers, and the failures it may answer with.</summary>
internal static partial class OperationDescriber
{
    public static readonly (string Name, string Description)[] Tags =
    [
        ("Tasks", "What comes in, what goes out, how good and how fast."),
        ("Examples", "Labelled examples, from which programs learn."),
        ("Programs", "The versions that answer a task."),
        ("Executions", "Runs of a program: one, many, and the record of them."),
        ("Validations", "Verdicts on sampled answers."),
        ("Experiments", "Which version is better: controlled comparisons on live traffic, their metrics, and what units do outside."),
        ("API keys", "Keys for programs."),
        ("Analytics", "The figures of an environment, and what a person should look at."),
        ("Costs", "What everything costs, saves and will cost: the price book, the ledger, budgets."),
        ("Organization", "Organizations, their settings and their environments."),
        ("Members", "Who is in the organization, in which teams, and who is invited."),
        ("Access", "Roles, who holds them where, and why somebody may do what."),
        ("Provisioning", "The tokens with which directories provision people and teams over SCIM 2.0, at /scim/v2."),
        ("Audit", "What happened, who did it, and the proof that nobody changed the record."),
    ];

    private static readonly JsonObject Examples = Load();

    public static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var method = context.Description.HttpMethod ?? "GET";
        var path = Constraint().Replace("/" + context.Description.RelativePath, "}");
        var known = Examples[$"{method} {path["/api/v1".Length..].TrimEnd('/')}"] as JsonObject;
        operation.OperationId = known?["id"]?.GetValue<string>() ?? IdOf(method, path);
        AddExamples(operation, known);
        AddHeaders(operation, method);
        AddProblems(operation, method, path, context.Document);
        return Task.CompletedTask;
    }

    private static void AddExamples(OpenApiOperation operation, JsonObject? known)
    {
        foreach (var (type, media) in operation.RequestBody?.Content ?? new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal))
        {
            media.Example ??= (type == "application/json" ? known?["request"] : known?["request:" + type])?.DeepClone();
        }

        foreach (var (_, response) in operation.Responses?.Where(r => r.Key.StartsWith('2')) ?? [])
        {
            foreach (var (_, media) in response.Content ?? new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal))
            {
                media.Example ??= known?["response"]?.DeepClone();
            }
        }
    }

    private static void AddHeaders(OpenApiOperation operation, string method)
    {
        operation.Parameters ??= [];
        if (method == "POST")
        {
            operation.Parameters.Add(Header(
                IdempotencyPipeline.Header, "Names this request, so that a retry within 24 hours answers the first answer instead of acting twice. A UUID does.",
                "7f0e6c1a-3b52-4c0d-9d6e-2f1a8b7c9d10"));
        }

        if (method == "PATCH")
        {
            operation.Parameters.Add(Header("If-Match", "The ETag that reading answered; when somebody has changed it meanwhile, the answer is 412.", "\"3\""));
        }
    }

    private static void AddProblems(OpenApiOperation operation, string method, string path, OpenApiDocument? document)
    {
        operation.Responses ??= [];
        int[] statuses =
        [
            400, 401, 403,
            .. path.Contains('{', StringComparison.Ordinal) || path.EndsWith("/execute", StringComparison.Ordinal) ? [404] : Array.Empty<int>(),
            .. method is "POST" or "PUT" or "PATCH" or "DELETE" ? [409] : Array.Empty<int>(),
            .. method is "PATCH" ? [412] : Array.Empty<int>(),
            .. operation.RequestBody is not null ? [413, 415] : Array.Empty<int>(),
            .. method is "POST" ? [422] : Array.Empty<int>(),
            429, 503,
            .. path.EndsWith("/execute", StringComparison.Ordinal) ? [504] : Array.Empty<int>(),
        ];
        foreach (var status in statuses)
        {
            operation.Responses.TryAdd($"{status}", ProblemResponses.Of(status, document));
        }
    }

    private static OpenApiParameter Header(string name, string description, string example) => new()
    {
        Name = name, In = ParameterLocation.Header, Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String }, Example = example,
    };

    /// <summary>For an operation that the examples do not name: <c>getTasksQuality</c>.</summary>
    private static string IdOf(string method, string path) => method.ToLowerInvariant() + string.Concat(path
        .Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(2)
        .Select(part => part.Trim('{', '}'))
        .Select(part => char.ToUpperInvariant(part[0]) + part[1..]));

    /// <summary><c>{id:guid}</c> is <c>{id}</c> to whoever reads the document.</summary>
    [GeneratedRegex(":[^}]*}", RegexOptions.NonBacktracking)]
    private static partial Regex Constraint();

    private static JsonObject Load()
    {
        using var stream = typeof(OperationDescriber).Assembly.GetManifestResourceStream("Loopai.Portal.Api.OpenApi.examples.json")!;
        return JsonNode.Parse(stream)!.AsObject();
    }
}
