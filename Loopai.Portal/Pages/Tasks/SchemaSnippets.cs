namespace Loopai.Portal.Pages.Tasks;

/// <param name="Name">What people choose it by.</param>
/// <param name="Schema">JSON Schema 2020-12.</param>
public sealed record SchemaSnippet(string Name, string Schema);

/// <summary>Schemas that most tasks start from.</summary>
public static class SchemaSnippets
{
    public static readonly IReadOnlyList<SchemaSnippet> Inputs =
    [
        new("One text", """
            {
              "type": "object",
              "properties": {
                "text": { "type": "string", "minLength": 1 }
              },
              "required": ["text"]
            }
            """),
        new("Mail", """
            {
              "type": "object",
              "properties": {
                "subject": { "type": "string" },
                "body": { "type": "string" },
                "sender": { "type": "string", "format": "email" }
              },
              "required": ["subject", "body"]
            }
            """),
        new("Fields of a record", """
            {
              "type": "object",
              "properties": {
                "amount": { "type": "number", "minimum": 0 },
                "country": { "type": "string", "minLength": 2, "maxLength": 2 },
                "isNewCustomer": { "type": "boolean" }
              },
              "required": ["amount", "country"]
            }
            """),
    ];

    public static readonly IReadOnlyList<SchemaSnippet> Outputs =
    [
        new("Classification", """
            {
              "type": "string",
              "enum": ["yes", "no"]
            }
            """),
        new("Score from 0 to 1", """
            {
              "type": "number",
              "minimum": 0,
              "maximum": 1
            }
            """),
        new("Yes or no", """
            {
              "type": "boolean"
            }
            """),
        new("Extraction of fields", """
            {
              "type": "object",
              "properties": {
                "customer": { "type": "string" },
                "orderNumber": { "type": ["string", "null"] }
              },
              "required": ["customer", "orderNumber"]
            }
            """),
    ];

    public static readonly IReadOnlyList<SchemaSnippet> All = [.. Inputs, .. Outputs];
}
