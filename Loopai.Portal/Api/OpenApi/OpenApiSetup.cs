using Loopai.Core.Configuration;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Loopai.Portal.Api.OpenApi;

/// <summary><c>/openapi/v1.json</c>, and Swagger UI over it at <c>/docs</c>. Neither needs a key; trying a call in it does.</summary>
public static class OpenApiSetup
{
    public static void AddLoopaiOpenApi(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = description => description.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
        options.AddSchemaTransformer(WithoutSnakeCase);
        options.AddSchemaTransformer(WithTypes);
        options.AddDocumentTransformer(DocumentAsync);
        options.AddOperationTransformer(OperationDescriber.DescribeAsync);
    });

    public static void MapLoopaiOpenApi(this WebApplication app)
    {
        app.MapOpenApi();
        app.UseSwaggerUI(docs =>
        {
            docs.RoutePrefix = "docs";
            docs.DocumentTitle = "Loopai API";
            docs.SwaggerEndpoint("/openapi/v1.json", "Loopai API v1");
            docs.DefaultModelsExpandDepth(0);
            docs.EnablePersistAuthorization();
        });
    }

    private static Task DocumentAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        var url = context.ApplicationServices.GetRequiredService<PortalSettings>().PublicUrl;
        document.Servers = [new OpenApiServer { Url = url.Length > 0 ? url.TrimEnd('/') : "/" }];
        document.Info = new OpenApiInfo
        {
            Title = "Loopai API",
            Version = "v1",
            Description = """
                Turn a decision that is made again and again into a program, run it, check a sample of its answers, and improve it.

                Send an API key as `Authorization: Bearer lpk_…` or `X-API-Key: lpk_…`. Fields are camelCase; snake_case is taken in as well. Times are
                RFC 3339 in UTC, ids are UUIDs. Failures are problem details (RFC 9457) with a stable `code`. Lists take `limit` and `cursor` and answer
                `items` with `nextCursor`. Send `Idempotency-Key` with a POST to retry it safely.
                """,
        };
        document.Tags = new HashSet<OpenApiTag>(OperationDescriber.Tags.Select(t => new OpenApiTag { Name = t.Name, Description = t.Description }));
        var components = document.Components ??= new OpenApiComponents();
        (components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal))["bearer"] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "lpk_<environment>_<id>_<secret>", Description = "An API key as a bearer token.",
        };
        components.SecuritySchemes["apiKey"] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "X-API-Key", Description = "An API key in a header of its own.",
        };
        document.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] },
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("apiKey", document)] = [] },
        ];
        ProblemResponses.AddTo(document);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Values that converters of ours read have no type of their own in the schema, and constructors make every field required: a field that may be null may be left out.
    /// </summary>
    private static Task WithTypes(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        var type = context.JsonPropertyInfo?.PropertyType ?? context.JsonTypeInfo.Type;
        if (schema.Type is null && (type == typeof(string) || (Nullable.GetUnderlyingType(type) ?? type) == typeof(DateTimeOffset)))
        {
            schema.Type = context.JsonPropertyInfo is { IsGetNullable: true } ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String;
        }

        foreach (var property in context.JsonTypeInfo.Properties.Where(p => p.IsGetNullable || p.IsSetNullable))
        {
            schema.Required?.Remove(property.Name);
        }

        return Task.CompletedTask;
    }

    /// <summary>The second spelling that is taken in is a courtesy to older clients, and nothing to document twice.</summary>
    private static Task WithoutSnakeCase(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        foreach (var name in schema.Properties?.Keys.Where(k => k.Contains('_', StringComparison.Ordinal)).ToArray() ?? [])
        {
            schema.Properties!.Remove(name);
            schema.Required?.Remove(name);
        }

        return Task.CompletedTask;
    }
}
