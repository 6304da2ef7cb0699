using System.Linq.Expressions;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Scim.Resources;
using Loopai.Core.Organizations;

namespace Loopai.Core.Identity.Scim.Filters;

/// <summary>Turns filters and orders into queries, so that both are computed in the database.</summary>
internal sealed class ScimQuery(LoopaiDbContext db, ScimKind kind)
{
    private readonly ScimSchema _schema = ScimSchemas.Of(kind);

    /// <summary>The resources of the kind, the oldest first.</summary>
    public IQueryable<ScimResource> All => db.ScimResources.Where(r => r.Kind == kind);

    public Expression<Func<ScimResource, bool>> Where(ScimFilter filter)
    {
        var resource = Expression.Parameter(typeof(ScimResource), "r");
        return Expression.Lambda<Func<ScimResource, bool>>(Translate(filter, resource, within: null, item: null), resource);
    }

    /// <summary>Orders by an attribute; what lacks it comes last. A list counts by its first value.</summary>
    public IQueryable<ScimResource> OrderBy(IQueryable<ScimResource> resources, string? sortBy, bool descending)
    {
        if (string.IsNullOrEmpty(sortBy))
        {
            return resources.OrderBy(r => r.CreatedAt).ThenBy(r => r.Id);
        }

        var place = Find(ScimPath.Parse(sortBy) ?? throw ScimErrors.Path(sortBy));
        if (place.Attribute.Name == "meta")
        {
            var ordered = place.Sub?.Name switch
            {
                "created" => descending ? resources.OrderByDescending(r => r.CreatedAt) : resources.OrderBy(r => r.CreatedAt),
                "lastModified" => descending ? resources.OrderByDescending(r => r.ChangedAt) : resources.OrderBy(r => r.ChangedAt),
                _ => throw ScimErrors.Path(sortBy),
            };
            return ordered.ThenBy(r => r.Id);
        }

        var path = place.Key;
        Expression<Func<ScimResource, string?>> key = path switch
        {
            "id" => r => r.Id.ToString(),
            "externalId" => r => r.ExternalId,
            "userName" => r => r.NameKey,
            "displayName" when kind == ScimKind.Group => r => r.NameKey,
            _ => r => db.ScimValues.Where(v => v.ResourceId == r.Id && v.Path == path).OrderBy(v => v.Item).Select(v => v.Value).FirstOrDefault(),
        };
        var present = Expression.Lambda<Func<ScimResource, bool>>(Expression.Equal(key.Body, Expression.Constant(null, typeof(string))), key.Parameters);
        var last = resources.OrderBy(present);
        return (descending ? last.ThenByDescending(key) : last.ThenBy(key)).ThenBy(r => r.Id);
    }

    private Expression Translate(ScimFilter filter, ParameterExpression resource, ScimPlace? within, ParameterExpression? item) => filter switch
    {
        ScimFilter.And both => Expression.AndAlso(Translate(both.Left, resource, within, item), Translate(both.Right, resource, within, item)),
        ScimFilter.Or either => Expression.OrElse(Translate(either.Left, resource, within, item), Translate(either.Right, resource, within, item)),
        ScimFilter.Not opposite => Expression.Not(Translate(opposite.Inner, resource, within, item)),
        ScimFilter.Present present => Present(Find(present.Path, within), resource, item),
        ScimFilter.Item list when within is null => Item(list, resource),
        ScimFilter.Item list => throw ScimErrors.Filter($"'{list.Path}[…]' stands inside brackets already."),
        ScimFilter.Compare compare => Compare(Find(compare.Path, within), compare, resource, item),
        _ => throw new InvalidOperationException("No such filter."),
    };

    /// <summary>An item of the list for which the inner filter holds, all of it for the same item.</summary>
    private Expression Item(ScimFilter.Item list, ParameterExpression resource)
    {
        var place = Find(list.Path);
        if (place.Attribute.Type != ScimType.Complex || place.Sub is not null)
        {
            throw ScimErrors.Filter($"'{list.Path}' has no parts to filter by.");
        }

        if (kind == ScimKind.Group && place.Attribute.Name == "members" && list.Inner is ScimFilter.Compare { Path: { Attribute: "value" } } member)
        {
            return Compare(place, member, resource, item: null);
        }

        var row = Expression.Parameter(typeof(ScimValue), "i");
        return Exists(place.Root, resource, item: null, row, Translate(list.Inner, resource, place, row));
    }

    private Expression Compare(ScimPlace place, ScimFilter.Compare compare, ParameterExpression resource, ParameterExpression? item)
    {
        var leaf = place.Compared ?? throw ScimErrors.Filter($"'{compare.Path}' has parts. Name one of them.");
        if (compare.Operator == ScimOperator.NotEqual)
        {
            return Expression.Not(Compare(place, compare with { Operator = ScimOperator.Equal }, resource, item));
        }

        if (compare.Value.Text is null)
        {
            return compare.Operator == ScimOperator.Equal ? Expression.Not(Present(place, resource, item)) : throw Unusable(compare);
        }

        if (leaf.Type == ScimType.Boolean && (compare.Operator != ScimOperator.Equal || compare.Value.Text.ToLowerInvariant() is not ("true" or "false")))
        {
            throw Unusable(compare);
        }

        if (leaf.Type == ScimType.DateTime)
        {
            return Moment(place, compare, resource);
        }

        var text = leaf.IsCaseExact ? compare.Value.Text : compare.Value.Text.ToLowerInvariant();
        return item is null && Column(place, resource) is { } column
            ? Text(column, compare.Operator, text)
            : item is null && place.Attribute.Name is "active" ? Active(text == "true", resource)
            : item is null && place.Attribute.Name is "members" or "groups" ? Membership(place, compare, text, resource)
            : Exists(place.Key, resource, item, Expression.Parameter(typeof(ScimValue), "v"), compare.Operator, text);
    }

    private Expression Present(ScimPlace place, ParameterExpression resource, ParameterExpression? item)
    {
        if (item is null && Column(place, resource) is { } column)
        {
            return Expression.NotEqual(column, Expression.Constant(null, typeof(string)));
        }

        return item is null && place.Attribute.Name is "active" or "meta" or "schemas" ? Expression.Constant(true)
            : item is null && place.Attribute.Name is "members" or "groups" ? Rewrite(AnyMembership(), resource)
            : Exists(place.Sub is null ? place.Root : place.Key, resource, item, Expression.Parameter(typeof(ScimValue), "v"), Expression.Constant(true));
    }

    /// <summary>What is a column of the resource itself.</summary>
    private Expression? Column(ScimPlace place, ParameterExpression resource) => (place.Extension, place.Attribute.Name) switch
    {
        (null, "id") => Rewrite(r => r.Id.ToString(), resource),
        (null, "externalId") => Rewrite(r => r.ExternalId, resource),
        (null, "userName") => Rewrite(r => r.NameKey, resource),
        (null, "displayName") when kind == ScimKind.Group => Rewrite(r => r.NameKey, resource),
        _ => null,
    };

    private Expression Active(bool wanted, ParameterExpression resource) => Rewrite(
        r => db.Memberships.Any(m => m.UserId == r.Id && m.Status == (wanted ? MembershipStatus.Active : MembershipStatus.Deactivated)), resource);

    private Expression Membership(ScimPlace place, ScimFilter.Compare compare, string text, ParameterExpression resource)
    {
        if (compare.Operator != ScimOperator.Equal || place.Compared!.Name != "value")
        {
            throw ScimErrors.Filter($"'{place.Attribute.Name}' can be compared by its value with eq and ne.");
        }

        var id = Guid.TryParse(text, out var given) ? given : Guid.Empty;
        return kind == ScimKind.Group
            ? Rewrite(r => db.TeamMembers.Any(m => m.TeamId == r.Id && m.UserId == id && m.Source == Access.AccessSource.Scim), resource)
            : Rewrite(r => db.TeamMembers.Any(m => m.UserId == r.Id && m.TeamId == id && m.Source == Access.AccessSource.Scim), resource);
    }

    private Expression<Func<ScimResource, bool>> AnyMembership() => kind == ScimKind.Group
        ? r => db.TeamMembers.Any(m => m.TeamId == r.Id && m.Source == Access.AccessSource.Scim)
        : r => db.TeamMembers.Any(m => m.UserId == r.Id && m.Source == Access.AccessSource.Scim);

    private static Expression Moment(ScimPlace place, ScimFilter.Compare compare, ParameterExpression resource)
    {
        var at = compare.Value.Moment ?? throw Unusable(compare);
        Expression column = place.Sub?.Name switch
        {
            "created" => Expression.Property(resource, nameof(ScimResource.CreatedAt)),
            _ => Expression.Property(resource, nameof(ScimResource.ChangedAt)),
        };
        var value = Hold(at);
        return compare.Operator switch
        {
            ScimOperator.Equal => Expression.Equal(column, value),
            ScimOperator.Greater => Expression.GreaterThan(column, value),
            ScimOperator.GreaterOrEqual => Expression.GreaterThanOrEqual(column, value),
            ScimOperator.Less => Expression.LessThan(column, value),
            ScimOperator.LessOrEqual => Expression.LessThanOrEqual(column, value),
            _ => throw Unusable(compare),
        };
    }

    private Expression Exists(string path, ParameterExpression resource, ParameterExpression? item, ParameterExpression row, ScimOperator compare, string text) =>
        Exists(path, resource, item, row, Text(Expression.Property(row, nameof(ScimValue.Value)), compare, text));

    /// <summary><c>values.Any(v => v.ResourceId == r.Id &amp;&amp; v.Path == path &amp;&amp; v.Item == i.Item &amp;&amp; holds)</c></summary>
    private Expression Exists(string path, ParameterExpression resource, ParameterExpression? item, ParameterExpression row, Expression holds)
    {
        var all = Expression.AndAlso(
            Expression.Equal(Expression.Property(row, nameof(ScimValue.ResourceId)), Expression.Property(resource, nameof(ScimResource.Id))),
            Expression.Equal(Expression.Property(row, nameof(ScimValue.Path)), Hold(path)));
        if (item is not null)
        {
            all = Expression.AndAlso(all, Expression.Equal(Expression.Property(row, nameof(ScimValue.Item)), Expression.Property(item, nameof(ScimValue.Item))));
        }

        return Expression.Call(
            typeof(Queryable), nameof(Queryable.Any), [typeof(ScimValue)], db.ScimValues.AsQueryable().Expression,
            Expression.Quote(Expression.Lambda<Func<ScimValue, bool>>(Expression.AndAlso(all, holds), row)));
    }

    private static Expression Text(Expression column, ScimOperator compare, string text)
    {
        var value = Hold(text);
        return compare switch
        {
            ScimOperator.Equal => Expression.Equal(column, value),
            ScimOperator.Contains => Expression.Call(column, nameof(string.Contains), null, value),
            ScimOperator.StartsWith => Expression.Call(column, nameof(string.StartsWith), null, value),
            ScimOperator.EndsWith => Expression.Call(column, nameof(string.EndsWith), null, value),
            ScimOperator.Greater => Expression.GreaterThan(Order(), Expression.Constant(0)),
            ScimOperator.GreaterOrEqual => Expression.GreaterThanOrEqual(Order(), Expression.Constant(0)),
            ScimOperator.Less => Expression.LessThan(Order(), Expression.Constant(0)),
            ScimOperator.LessOrEqual => Expression.LessThanOrEqual(Order(), Expression.Constant(0)),
            _ => throw new InvalidOperationException("Not equal is the opposite of equal."),
        };

        Expression Order() => Expression.Call(typeof(string), nameof(string.Compare), null, column, value);
    }

    private ScimPlace Find(ScimPath path, ScimPlace? within = null)
    {
        var place = within is null ? _schema.Find(path)
            : path is { Schema: null, Sub: null } && within.Attribute.Find(path.Attribute) is { } sub ? within with { Sub = sub }
            : null;
        return place ?? throw ScimErrors.Filter($"'{path}' names no attribute that can be filtered or sorted by.");
    }

    private static InvalidException Unusable(ScimFilter.Compare compare) => ScimErrors.Filter($"'{compare}' compares with something that '{compare.Path}' cannot be.");

    /// <summary>A value that the query carries as a parameter, so that one plan serves all of them.</summary>
    private static MemberExpression Hold<T>(T value) => Expression.Property(Expression.Constant(new Held<T>(value)), nameof(Held<T>.Value));

    private static Expression Rewrite<T>(Expression<Func<ScimResource, T>> lambda, ParameterExpression resource) =>
        new Replacement(lambda.Parameters[0], resource).Visit(lambda.Body);

    private sealed record Held<T>(T Value);

    private sealed class Replacement(ParameterExpression from, ParameterExpression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : base.VisitParameter(node);
    }
}
