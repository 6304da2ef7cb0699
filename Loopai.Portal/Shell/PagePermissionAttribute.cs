using System.Reflection;
using Loopai.Core.Access;

namespace Loopai.Portal.Shell;

/// <summary>What a page is of no use without; several are all needed. The services behind it demand the same: this decides what is shown instead.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class PagePermissionAttribute(string permission) : Attribute
{
    public string Permission { get; } = permission;

    /// <summary>Whether it has to be held for the whole organization or environment: holding it for a task does not do.</summary>
    public bool OnEverything { get; init; }

    /// <summary>The permission that keeps the caller from the page; null when nothing does.</summary>
    public static string? Missing(Type page, Caller caller) => page.GetCustomAttributes<PagePermissionAttribute>()
        .FirstOrDefault(a => a.OnEverything ? !caller.May(a.Permission) : !caller.MaySomewhere(a.Permission))?.Permission;
}
