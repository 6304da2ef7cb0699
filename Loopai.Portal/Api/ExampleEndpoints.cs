using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Tasks;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace Loopai.Portal.Api;

/// <summary>Labelled examples: what programs learn from and answers are checked against.</summary>
public static class ExampleEndpoints
{
    /// <summary>100,000 rows of ordinary texts; the rows are read as they arrive, so this costs no memory.</summary>
    private const long MaxUploadBytes = 512L * 1024 * 1024;

    public static void MapExamples(this IEndpointRouteBuilder api)
    {
        var examples = api.MapGroup("/tasks/{id:guid}/examples").WithTags("Examples").TakesKnownQueryOnly();
        examples.MapPost("/", ImportAsync)
            .WithMetadata(new RequestSizeLimitAttribute(MaxUploadBytes))
            .Accepts<ExampleInput[]>("application/json", "application/x-ndjson", "application/jsonl", "text/csv")
            .WithSummary("Upload up to 100,000 examples as JSON, JSON Lines or CSV; rows that do not fit are left out and told");
        examples.MapGet("/", ListAsync).WithSummary("List examples, newest first");
        examples.MapGet("/counts", CountsAsync).WithSummary("Count examples, by output");
        examples.MapDelete("/", DeleteAllAsync).WithSummary("Delete all examples of the task");
        examples.MapDelete("/{exampleId:guid}", DeleteAsync).WithSummary("Delete an example");
    }

    private static async Task<Ok<ImportResult>> ImportAsync(Guid id, Caller caller, ExampleService examples, HttpRequest request, CancellationToken ct) =>
        TypedResults.Ok(await examples.ImportAsync(caller, id, request.Body, FormatOf(request), ct));

    private static async Task<Ok<Page<ExampleResponse>>> ListAsync(
        Guid id, Caller caller, ExampleService examples, [AsParameters] PageQuery page, string? search, string? output, bool? forTraining, CancellationToken ct)
    {
        var filter = new ExampleFilter(search, OutputOf(output), forTraining);
        return TypedResults.Ok((await examples.ListAsync(caller, id, filter, page.ToRequest(), ct)).Select(ExampleResponse.Of));
    }

    private static async Task<Ok<ExampleCounts>> CountsAsync(Guid id, Caller caller, ExampleService examples, CancellationToken ct) =>
        TypedResults.Ok(await examples.CountsAsync(caller, id, ct));

    private static async Task<Ok<DeletedExamples>> DeleteAllAsync(Guid id, Caller caller, ExampleService examples, CancellationToken ct) =>
        TypedResults.Ok(new DeletedExamples(await examples.DeleteAllAsync(caller, id, ct)));

    private static async Task<NoContent> DeleteAsync(Guid id, Guid exampleId, Caller caller, ExampleService examples, CancellationToken ct)
    {
        await examples.DeleteAsync(caller, id, exampleId, ct);
        return TypedResults.NoContent();
    }

    private static ExampleFormat FormatOf(HttpRequest request)
    {
        var type = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed.MediaType.Value?.ToLowerInvariant() : null;
        return type switch
        {
            "application/json" => ExampleFormat.Json,
            "application/x-ndjson" or "application/ndjson" or "application/jsonl" or "application/x-jsonlines" or "application/jsonlines" => ExampleFormat.JsonLines,
            "text/csv" or "application/csv" or "text/tab-separated-values" => ExampleFormat.Csv,
            _ => throw new InvalidException(
                "examples.content_type", "Content-Type",
                $"Content-Type says how the examples are written: application/json, application/x-ndjson or text/csv; got '{request.ContentType}'."),
        };
    }

    /// <summary>JSON, or else a text as it stands: both <c>output="spam"</c> and <c>output=spam</c> find it.</summary>
    private static JsonElement? OutputOf(string? output)
    {
        if (output is null)
        {
            return null;
        }

        try
        {
            return JsonElement.Parse(output);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(output);
        }
    }
}

/// <summary>An example as the API shows it.</summary>
public sealed record ExampleResponse(Guid Id, JsonElement Input, JsonElement Output, bool ForTraining, string Source, DateTimeOffset CreatedAt)
{
    public static ExampleResponse Of(Example e) => new(e.Id, JsonElement.Parse(e.Input), JsonElement.Parse(e.Output), e.ForTraining, e.Source, e.CreatedAt);
}

/// <param name="Deleted">How many there were.</param>
public sealed record DeletedExamples(int Deleted);
