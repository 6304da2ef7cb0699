using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Identity.Scim.Filters;

namespace Loopai.Core.Identity.Scim.Resources;

/// <summary>
/// PATCH (RFC 7644 section 3.5.2) on a copy: either all operations hold or none does. It understands how Entra writes (capitalized operations, booleans
/// as texts, dotted names in a value, a filter that is to make its item) and how Okta does (a replacement without a path, with the id in it).
/// </summary>
internal static class ScimPatch
{
    public const string Schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    public const int MaxOperations = 1_000;

    /// <exception cref="Errors.InvalidException">An operation is unknown, has no target, or would make the resource invalid.</exception>
    public static JsonObject Apply(ScimSchema schema, JsonObject resource, JsonElement body)
    {
        var changed = (JsonObject)resource.DeepClone();
        foreach (var operation in Operations(body))
        {
            Apply(schema, changed, operation);
        }

        ScimReader.Demand(schema, changed);
        return changed;
    }

    private static IEnumerable<Operation> Operations(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object || Member(body, "Operations") is not { ValueKind: JsonValueKind.Array } operations || operations.GetArrayLength() == 0)
        {
            throw ScimErrors.Syntax($"A PATCH has the schema {Schema} and a list of Operations.");
        }

        if (operations.GetArrayLength() > MaxOperations)
        {
            throw ScimErrors.Syntax($"A PATCH has at most {MaxOperations} operations.");
        }

        foreach (var operation in operations.EnumerateArray())
        {
            var name = operation.ValueKind == JsonValueKind.Object && Member(operation, "op") is { ValueKind: JsonValueKind.String } op ? op.GetString() : null;
            var path = operation.ValueKind == JsonValueKind.Object && Member(operation, "path") is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
            yield return name?.ToLowerInvariant() switch
            {
                "add" => new Operation(Verb.Add, path, Member(operation, "value")),
                "replace" => new Operation(Verb.Replace, path, Member(operation, "value")),
                "remove" => new Operation(Verb.Remove, path, Member(operation, "value")),
                _ => throw ScimErrors.Syntax($"'{name}' is no operation. Operations are add, replace and remove."),
            };
        }
    }

    private static void Apply(ScimSchema schema, JsonObject resource, Operation operation)
    {
        if (operation.Verb != Verb.Remove && operation.Value is null)
        {
            throw ScimErrors.Value("value", $"An operation that adds or replaces has a value{(operation.Path is null ? "" : $" for '{operation.Path}'")}.");
        }

        if (!string.IsNullOrEmpty(operation.Path))
        {
            At(schema, resource, operation);
        }
        else if (operation.Verb == Verb.Remove)
        {
            throw ScimErrors.NoTarget("");
        }
        else
        {
            Members(schema, resource, operation, prefix: "");
        }
    }

    /// <summary>Without a path the value's members are the paths. What is read only there is passed over: directories send the id along.</summary>
    private static void Members(ScimSchema schema, JsonObject resource, Operation operation, string prefix)
    {
        if (operation.Value is not { ValueKind: JsonValueKind.Object } members)
        {
            throw ScimErrors.Value("value", "An operation without a path has an object as its value.");
        }

        foreach (var member in members.EnumerateObject())
        {
            if (schema.Extension is { } extension && member.Name.Equals(extension.Id, StringComparison.OrdinalIgnoreCase))
            {
                Members(schema, resource, operation with { Value = member.Value }, extension.Id + ":");
            }
            else if (ScimPath.Parse(prefix + member.Name) is not { } path || schema.Find(path) is not { IsReadOnly: true })
            {
                At(schema, resource, operation with { Path = prefix + member.Name, Value = member.Value });
            }
        }
    }

    private static void At(ScimSchema schema, JsonObject resource, Operation operation)
    {
        var target = ScimTarget.Parse(schema, operation.Path!);
        if (target.Place.IsReadOnly)
        {
            throw ScimErrors.ReadOnly(operation.Path!);
        }

        var parent = Parent(resource, target.Place.Extension);
        if (target.Place.Attribute.IsMulti)
        {
            ScimPatchList.Apply(parent, target, operation);
        }
        else
        {
            Single(parent, target.Place, operation);
        }

        if (target.Place.Extension is { } extensionId)
        {
            ScimReader.Set(resource, extensionId, parent);
        }
    }

    private static void Single(JsonObject parent, ScimPlace place, Operation operation)
    {
        var attribute = place.Attribute;
        if (operation.Verb == Verb.Remove || operation.Value is { ValueKind: JsonValueKind.Null })
        {
            if (place.Sub is null)
            {
                parent.Remove(attribute.Name);
            }
            else if (parent[attribute.Name] is JsonObject complex)
            {
                complex.Remove(place.Sub.Name);
                ScimReader.Set(parent, attribute.Name, complex.DeepClone());
            }
        }
        else if (attribute.Type != ScimType.Complex)
        {
            parent[attribute.Name] = ScimReader.Simple(attribute, operation.Value!.Value);
        }
        else
        {
            // Parts that are not named stay, for both verbs.
            var parts = parent[attribute.Name] is JsonObject known ? (JsonObject)known.DeepClone() : [];
            var given = place.Sub is { } sub
                ? new JsonObject { [sub.Name] = ScimReader.Simple(sub, operation.Value!.Value) }
                : (JsonObject)ScimReader.Value(attribute, operation.Value!.Value)!;
            foreach (var (name, value) in given)
            {
                parts[name] = value?.DeepClone();
            }

            ScimReader.Set(parent, attribute.Name, parts);
        }
    }

    private static JsonObject Parent(JsonObject resource, string? extension) =>
        extension is null ? resource : resource[extension] is JsonObject known ? (JsonObject)known.DeepClone() : [];

    private static JsonElement? Member(JsonElement element, string name)
    {
        foreach (var member in element.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return member.Value;
            }
        }

        return null;
    }

    internal enum Verb
    {
        Add,
        Replace,
        Remove,
    }

    internal sealed record Operation(Verb Verb, string? Path, JsonElement? Value);
}

/// <summary>What the path of an operation leads to.</summary>
/// <param name="Place">The attribute, and the part of it that follows the brackets.</param>
/// <param name="Filter">Which items of a list are meant; null for all.</param>
/// <param name="Text">The path as it was written.</param>
internal sealed record ScimTarget(ScimPlace Place, ScimFilter? Filter, string Text)
{
    public static ScimTarget Parse(ScimSchema schema, string text)
    {
        var open = text.IndexOf('[', StringComparison.Ordinal);
        if (open < 0)
        {
            return new ScimTarget(Find(schema, text, text), null, text);
        }

        var close = text.LastIndexOf(']');
        if (close < open || (close + 1 < text.Length && text[close + 1] != '.'))
        {
            throw ScimErrors.Path(text);
        }

        var place = Find(schema, text[..open] + text[(close + 1)..], text);
        return place.Attribute.IsMulti ? new ScimTarget(place, ScimFilterParser.Parse(text[(open + 1)..close]), text) : throw ScimErrors.Path(text);
    }

    private static ScimPlace Find(ScimSchema schema, string path, string text) =>
        ScimPath.Parse(path) is { } parsed && schema.Find(parsed) is { } place ? place : throw ScimErrors.Path(text);
}
