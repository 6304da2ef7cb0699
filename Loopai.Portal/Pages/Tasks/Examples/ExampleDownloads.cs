using System.Text;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Tasks;
using Loopai.Portal.Shell;

namespace Loopai.Portal.Pages.Tasks.Examples;

/// <summary>Streams the examples of a task as JSON Lines to the signed-in browser: a circuit cannot hand out files.</summary>
public static class ExampleDownloads
{
    public static void MapExampleDownloads(this WebApplication app) =>
        app.MapGet("/o/{org}/tasks/{id:guid}/examples.jsonl", DownloadAsync).RequireAuthorization().ExcludeFromDescription();

    private static async Task<IResult> DownloadAsync(
        string org, Guid id, HttpContext http, OrganizationEntry entry, TaskService tasks, ExampleService examples, CancellationToken ct)
    {
        // The same resolution as the pages': an organization that the viewer is no member of looks like one that does not exist.
        if (await entry.CallerAsync(http, org, null, ct) is not { } caller)
        {
            return Results.NotFound();
        }

        try
        {
            var task = await tasks.GetAsync(caller, id, ct);
            return Results.Stream(body => WriteAsync(body, caller, id, examples, ct), "application/x-ndjson", FileNameOf(task));
        }
        catch (LoopaiException e) when (e is NotFoundException or ForbiddenException)
        {
            return Results.NotFound();
        }
    }

    private static async Task WriteAsync(Stream body, Caller caller, Guid id, ExampleService examples, CancellationToken ct)
    {
        string? cursor = null;
        do
        {
            var page = await examples.ListAsync(caller, id, new ExampleFilter(), new PageRequest(PageRequest.MaxLimit, cursor), ct);
            var lines = new StringBuilder();
            foreach (var example in page.Items)
            {
                lines.Append("{\"input\":").Append(example.Input).Append(",\"output\":").Append(example.Output)
                    .Append(",\"forTraining\":").Append(JsonSerializer.Serialize(example.ForTraining)).Append("}\n");
            }

            await body.WriteAsync(Encoding.UTF8.GetBytes(lines.ToString()), ct);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    private static string FileNameOf(TaskDefinition task) =>
        string.Concat(task.Name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-') is { Length: > 0 } name
            ? $"{name}-examples.jsonl"
            : "examples.jsonl";
}
