using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Loopai.Portal.Api.OpenApi;

/// <summary>The failures that operations share, each described once and with an example of what it says.</summary>
internal static class ProblemResponses
{
    private static readonly (int Status, string Name, string Title, string Code, string Message)[] All =
    [
        (400, "BadRequest", "Invalid request", "execution.input_invalid", "The input does not fit the task's input schema: /text expected a string, found a number"),
        (401, "Unauthorized", "Unauthorized", "key.invalid", "This API key is unknown, expired or revoked. Make a new one under API keys in the portal."),
        (403, "Forbidden", "Forbidden", "access.forbidden", "This needs the permission 'executions:run'. Ask an owner of the organization for it."),
        (404, "NotFound", "Not found", "task.not_found", "There is no task 0199e1a0-5f3b-7c2d-8e4f-1a2b3c4d5e6f in this organization."),
        (409, "Conflict", "Conflict", "task.archived", "The task 'Spam filter' is archived and takes no executions or changes. Restore it first."),
        (412, "ChangedMeanwhile", "Changed meanwhile", "task.changed_meanwhile", "Somebody else changed this task since you read it. Read it again and repeat your change."),
        (413, "TooLarge", "Body too large", "request.too_large", "The body is larger than this endpoint takes. Send less, or use the batch or import endpoint."),
        (415, "UnsupportedMediaType", "Unsupported media type", "request.content_type", "This endpoint does not take the Content-Type 'text/plain'. Send 'Content-Type: application/json'."),
        (422, "NotCarriedOut", "Program failed", "execution.invalid_output", "The output does not fit the task's output schema: / is not one of the allowed values"),
        (429, "LimitExceeded", "Limit exceeded", "limit.executions", "This key may ask for 600 executions a minute. Try again in a moment."),
        (503, "Unavailable", "Unavailable", "execution.not_committed", "The database did not take the execution in time, so it is not acknowledged. Try again in a moment."),
        (504, "TimedOut", "Program timed out", "execution.timeout", "The program did not answer within 5000 ms."),
    ];

    public static void AddTo(OpenApiDocument document)
    {
        var components = document.Components!;
        (components.Schemas ??= new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal))["Problem"] = Schema();
        components.Responses ??= new Dictionary<string, IOpenApiResponse>(StringComparer.Ordinal);
        foreach (var problem in All)
        {
            components.Responses[problem.Name] = new OpenApiResponse
            {
                Description = problem.Title,
                Headers = problem.Status is 429 or 503
                    ? new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal)
                    {
                        ["Retry-After"] = new OpenApiHeader { Description = "Seconds to wait before trying again.", Schema = new OpenApiSchema { Type = JsonSchemaType.Integer } },
                    }
                    : null,
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference("Problem", document), Example = Example(problem) },
                },
            };
        }
    }

    public static IOpenApiResponse Of(int status, OpenApiDocument? document) => new OpenApiResponseReference(All.Single(p => p.Status == status).Name, document);

    private static JsonObject Example((int Status, string Name, string Title, string Code, string Message) problem)
    {
        var example = new JsonObject
        {
            ["type"] = $"urn:loopai:problem:{problem.Code}", ["title"] = problem.Title, ["status"] = problem.Status, ["detail"] = problem.Message,
            ["instance"] = "/api/v1/tasks/execute", ["code"] = problem.Code, ["message"] = problem.Message, ["traceId"] = "4bf92f3577b34da6a3ce929d0e0e4736",
        };
        switch (problem.Status)
        {
            case 400:
                example["errors"] = new JsonObject { ["/input/text"] = new JsonArray("expected a string, found a number") };
                break;
            case 422 or 504:
                example["executionId"] = "0199e1a1-0c2d-7e3f-9a4b-5c6d7e8f9a0b";
                break;
            case 429 or 503:
                example["retryAfterSeconds"] = 1;
                break;
        }

        return example;
    }

    private static OpenApiSchema Schema()
    {
        var text = JsonSchemaType.String;
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "Problem details, RFC 9457.",
            Required = new HashSet<string>(StringComparer.Ordinal) { "type", "title", "status", "detail", "code", "message" },
            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
            {
                ["type"] = Field(text, "urn:loopai:problem: and the code."),
                ["title"] = Field(text, "The kind of failure."),
                ["status"] = Field(JsonSchemaType.Integer, "The HTTP status."),
                ["detail"] = Field(text, "What happened and what to do, for people."),
                ["instance"] = Field(text, "The path that was asked."),
                ["code"] = Field(text, "The failure's stable name, for programs."),
                ["message"] = Field(text, "The detail once more."),
                ["traceId"] = Field(text | JsonSchemaType.Null, "Names the request in logs and traces."),
                ["errors"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object, Description = "Field or JSON pointer → what is wrong with it.",
                    AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = text } },
                },
                ["executionId"] = new OpenApiSchema { Type = text, Format = "uuid", Description = "The execution on record, where the program ran and failed." },
                ["executionStatus"] = Field(text, "How that execution ended: error, timeout or invalid_output."),
                ["retryAfterSeconds"] = Field(JsonSchemaType.Integer, "When it is worth trying again."),
            },
        };
    }

    private static OpenApiSchema Field(JsonSchemaType type, string description) => new() { Type = type, Description = description };
}
