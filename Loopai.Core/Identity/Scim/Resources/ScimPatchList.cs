using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Identity.Scim.Filters;
using static Loopai.Core.Identity.Scim.Resources.ScimPatch;

namespace Loopai.Core.Identity.Scim.Resources;

/// <summary>Operations on attributes that are lists.</summary>
internal static class ScimPatchList
{
    public static void Apply(JsonObject parent, ScimTarget target, Operation operation)
    {
        var attribute = target.Place.Attribute;
        List<JsonObject> items = parent[attribute.Name] is JsonArray known ? [.. known.Select(item => (JsonObject)item!.DeepClone())] : [];
        if (target.Filter is { } filter)
        {
            Filtered(items, target, filter, operation);
        }
        else if (target.Place.Sub is { } sub)
        {
            // The part of every item; of one that is still to be made, where there is none.
            OnParts(items.Count == 0 && operation.Verb != Verb.Remove ? Made(items, []) : items, sub, operation);
        }
        else
        {
            Whole(items, attribute, operation);
        }

        items.RemoveAll(item => item.Count == 0);
        ScimReader.Set(parent, attribute.Name, new JsonArray([.. items]));
    }

    private static void Whole(List<JsonObject> items, ScimAttribute attribute, Operation operation)
    {
        var given = operation.Value is { ValueKind: not JsonValueKind.Null } value ? Given(attribute, value) : null;
        switch (operation.Verb)
        {
            case Verb.Add:
                Add(items, given ?? []);
                break;
            case Verb.Replace:
                items.Clear();
                Add(items, given ?? []);
                break;
            case Verb.Remove when given is null:
                items.Clear();
                break;
            case Verb.Remove:
                // Entra names the members to remove in the value.
                var gone = given.Select(item => (string?)item["value"]).ToHashSet(StringComparer.OrdinalIgnoreCase);
                items.RemoveAll(item => gone.Contains((string?)item["value"]));
                break;
        }
    }

    private static void Filtered(List<JsonObject> items, ScimTarget target, ScimFilter filter, Operation operation)
    {
        var attribute = target.Place.Attribute;
        var matching = items.Where(item => ScimItemFilter.Matches(attribute, filter, item)).ToList();
        if (matching.Count == 0)
        {
            // "emails[type eq "work"].value" for a person without a work address is to make one.
            if (operation.Verb == Verb.Remove || ScimItemFilter.Equalities(attribute, filter) is not { } made)
            {
                throw ScimErrors.NoTarget(target.Text);
            }

            matching = Made(items, made);
        }

        if (target.Place.Sub is { } sub)
        {
            OnParts(matching, sub, operation);
        }
        else if (operation.Verb == Verb.Remove)
        {
            items.RemoveAll(matching.Contains);
            return;
        }
        else
        {
            OnWholeItems(matching, attribute, operation);
        }

        KeepOnePrimary(items, matching);
    }

    private static void OnParts(List<JsonObject> items, ScimAttribute sub, Operation operation)
    {
        foreach (var item in items)
        {
            ScimReader.Set(item, sub.Name, operation.Verb == Verb.Remove || operation.Value is { ValueKind: JsonValueKind.Null } ? null : ScimReader.Simple(sub, operation.Value!.Value));
        }
    }

    private static void OnWholeItems(List<JsonObject> items, ScimAttribute attribute, Operation operation)
    {
        var given = Given(attribute, operation.Value!.Value) is [var only] ? only : throw ScimErrors.Value(attribute.Name, "One value replaces the items that a filter names.");
        foreach (var item in items)
        {
            if (operation.Verb == Verb.Replace)
            {
                item.Clear();
            }

            foreach (var (name, value) in given)
            {
                item[name] = value?.DeepClone();
            }
        }
    }

    private static void Add(List<JsonObject> items, List<JsonObject> added)
    {
        var known = items.Select(Identity).ToHashSet(StringComparer.Ordinal);
        foreach (var item in added.Where(item => known.Add(Identity(item))))
        {
            items.Add(item);
            KeepOnePrimary(items, [item]);
        }
    }

    /// <summary>RFC 7644 section 3.5.2: who becomes primary takes it from the others.</summary>
    private static void KeepOnePrimary(List<JsonObject> items, List<JsonObject> changed)
    {
        if (changed.Find(item => (bool?)item["primary"] == true) is { } primary)
        {
            items.Where(item => item != primary && (bool?)item["primary"] == true).ToList().ForEach(item => item["primary"] = false);
        }
    }

    private static List<JsonObject> Given(ScimAttribute attribute, JsonElement value) =>
        [.. ((JsonArray)ScimReader.Value(attribute, value)!).Select(item => (JsonObject)item!.DeepClone())];

    private static List<JsonObject> Made(List<JsonObject> items, JsonObject item)
    {
        items.Add(item);
        return [item];
    }

    private static string Identity(JsonObject item) => $"{((string?)item["value"])?.ToLowerInvariant()} {((string?)item["type"])?.ToLowerInvariant()}";
}
