using System.Text.Json.Nodes;
using Loopai.Core.Identity.Scim.Resources;

namespace Loopai.Core.Identity.Scim.Filters;

/// <summary>Filters on the items of one list in memory: which of them a PATCH means.</summary>
internal static class ScimItemFilter
{
    public static bool Matches(ScimAttribute list, ScimFilter filter, JsonObject item) => filter switch
    {
        ScimFilter.And both => Matches(list, both.Left, item) && Matches(list, both.Right, item),
        ScimFilter.Or either => Matches(list, either.Left, item) || Matches(list, either.Right, item),
        ScimFilter.Not opposite => !Matches(list, opposite.Inner, item),
        ScimFilter.Present present => item[Find(list, present.Path).Name] is not null,
        ScimFilter.Compare compare => Matches(Find(list, compare.Path), compare, item),
        _ => throw ScimErrors.Filter($"'{filter}' stands inside brackets already."),
    };

    /// <summary>The item that a filter of nothing but equalities describes; null for any other filter.</summary>
    public static JsonObject? Equalities(ScimAttribute list, ScimFilter filter)
    {
        switch (filter)
        {
            case ScimFilter.And both when Equalities(list, both.Left) is { } left && Equalities(list, both.Right) is { } right:
                foreach (var (name, value) in right)
                {
                    left[name] = value?.DeepClone();
                }

                return left;
            case ScimFilter.Compare { Operator: ScimOperator.Equal, Value.Text: { } text } compare:
                var sub = Find(list, compare.Path);
                return new JsonObject { [sub.Name] = sub.Type == ScimType.Boolean ? JsonValue.Create(text == "true") : JsonValue.Create(text) };
            default:
                return null;
        }
    }

    private static bool Matches(ScimAttribute sub, ScimFilter.Compare compare, JsonObject item)
    {
        var held = item[sub.Name] is { } node ? sub.Type == ScimType.Boolean ? (bool)node ? "true" : "false" : (string)node! : null;
        if (compare.Operator == ScimOperator.NotEqual)
        {
            return !Matches(sub, compare with { Operator = ScimOperator.Equal }, item);
        }

        if (held is null || compare.Value.Text is not { } text)
        {
            return held is null && compare.Value.Text is null && compare.Operator == ScimOperator.Equal;
        }

        // The only parts of lists that tell cases apart are ids, and those are hexadecimal.
        const StringComparison how = StringComparison.OrdinalIgnoreCase;
        var order = string.Compare(held, text, how);
        return compare.Operator switch
        {
            ScimOperator.Equal => order == 0,
            ScimOperator.Contains => held.Contains(text, how),
            ScimOperator.StartsWith => held.StartsWith(text, how),
            ScimOperator.EndsWith => held.EndsWith(text, how),
            ScimOperator.Greater => order > 0,
            ScimOperator.GreaterOrEqual => order >= 0,
            ScimOperator.Less => order < 0,
            _ => order <= 0,
        };
    }

    private static ScimAttribute Find(ScimAttribute list, ScimPath path) =>
        path is { Schema: null, Sub: null } && list.Find(path.Attribute) is { } sub ? sub : throw ScimErrors.Filter($"'{path}' names no part of '{list.Name}'.");
}
