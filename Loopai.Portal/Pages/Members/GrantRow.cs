namespace Loopai.Portal.Pages.Members;

/// <summary>A grant while it is being edited.</summary>
public sealed class GrantRow(string roleId, string place)
{
    public string RoleId { get; set; } = roleId;

    /// <summary>As <see cref="GrantOptions.PlaceOf"/> writes it.</summary>
    public string Place { get; set; } = place;
}
