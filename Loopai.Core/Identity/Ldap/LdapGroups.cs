namespace Loopai.Core.Identity.Ldap;

/// <summary>The groups that hold a person, directly and through groups.</summary>
internal static class LdapGroups
{
    /// <summary>LDAP_MATCHING_RULE_IN_CHAIN: Active Directory follows memberships by itself.</summary>
    private const string InChain = "1.2.840.113556.1.4.1941";
    private const int MaxDepth = 10;
    private const int MaxQuestions = 200;

    /// <summary>Their names, each once. A group that holds itself, by whatever detour, is asked for once.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(ILdapSession session, LdapSettings settings, string dn, int limit, CancellationToken ct)
    {
        var filter = settings.Nesting == LdapNesting.ActiveDirectory
            ? new LdapFilter.Match("member", new LdapText([null]), LdapComparison.Extensible, InChain)
            : LdapFilterParser.Parse(settings.GroupFilter, LdapSettings.DnPlace) is ({ } parsed, _) ? parsed : throw new LdapRefusedException(0, "The group filter is not understood.");
        var found = new Dictionary<string, LdapEntry>(StringComparer.OrdinalIgnoreCase);
        var questions = 0;
        IReadOnlyList<string> next = [dn];
        for (var depth = 0; next.Count > 0 && depth < (settings.Nesting == LdapNesting.Steps ? MaxDepth : 1); depth++)
        {
            List<string> deeper = [];
            foreach (var holder in next.TakeWhile(_ => questions++ < MaxQuestions))
            {
                foreach (var group in await session.SearchAsync(settings.GroupBase!, filter, holder, [settings.GroupNameAttribute], limit, ct))
                {
                    if (found.Count < limit && found.TryAdd(group.Dn, group))
                    {
                        deeper.Add(group.Dn);
                    }
                }
            }

            next = deeper;
        }

        return [.. found.Values.SelectMany(group => LdapFlow.Values(group, settings.GroupNameAttribute).Take(1)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }
}
