using Loopai.Core.Access;
using Loopai.Portal.Shell;

namespace Loopai.Portal.Pages.Members;

/// <summary>The parts of the Members page that the caller may see.</summary>
public static class MemberTabs
{
    public static IReadOnlyList<TabItem> Of(Caller caller, string organization, string environment)
    {
        TabItem[] all =
        [
            new("people", "People", PortalUrls.Members(organization, environment)),
            new("teams", "Teams", PortalUrls.Teams(organization, environment)),
            new("invitations", "Invitations", PortalUrls.Invitations(organization, environment)),
        ];
        return caller.May(Permissions.MembersManage) ? all : all[..2];
    }
}
