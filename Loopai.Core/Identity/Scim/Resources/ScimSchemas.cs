namespace Loopai.Core.Identity.Scim.Resources;

/// <summary>What Loopai keeps of a directory's people and groups; RFC 7643 sections 4.1 to 4.3.</summary>
public static class ScimSchemas
{
    public const string EnterpriseUser = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    public static readonly ScimSchema User = new(
        "urn:ietf:params:scim:schemas:core:2.0:User", "User", "A member of the organization.",
        [
            new("userName", ScimType.String, "The person's name at the directory, usually the address they sign in with.") { IsRequired = true, IsUnique = true },
            new("name", ScimType.Complex, "The parts of the person's name.")
            {
                Sub =
                [
                    Text("formatted", "The whole name."), Text("familyName", "The family name."), Text("givenName", "The given name."),
                    Text("middleName", "Middle names."), Text("honorificPrefix", "What stands before the name."), Text("honorificSuffix", "What stands after it."),
                ],
            },
            Text("displayName", "What people call them."),
            Text("nickName", "A casual name."),
            new("profileUrl", ScimType.Reference, "A page about the person.") { ReferenceTypes = ["external"] },
            Text("title", "What they are in the organization."),
            Text("userType", "What kind of relation there is."),
            Text("preferredLanguage", "The language they read."),
            Text("locale", "How they write dates and numbers."),
            Text("timezone", "Where their clock stands."),
            new("active", ScimType.Boolean, "Whether the person gets in."),
            Several("emails", "Addresses; the primary one, else the first, is the account's.", "work", "home", "other"),
            Several("phoneNumbers", "Telephone numbers.", "work", "home", "mobile", "fax", "pager", "other"),
            new("groups", ScimType.Complex, "The groups that the directory keeps the person in. Change them at the group.")
            {
                IsMulti = true,
                IsReadOnly = true,
                Sub =
                [
                    new("value", ScimType.String, "The group's id.") { IsReadOnly = true, IsCaseExact = true },
                    new("$ref", ScimType.Reference, "The group's address.") { IsReadOnly = true, ReferenceTypes = ["Group"] },
                    new("display", ScimType.String, "The group's name.") { IsReadOnly = true },
                ],
            },
        ],
        new ScimSchema(
            EnterpriseUser, "EnterpriseUser", "What an enterprise knows of a person besides.",
            [
                Text("employeeNumber", "The person's number."), Text("costCenter", "The cost center."), Text("organization", "The organization within the enterprise."),
                Text("division", "The division."), Text("department", "The department."),
                new("manager", ScimType.Complex, "Whom the person reports to.")
                {
                    Sub =
                    [
                        new("value", ScimType.String, "The manager's id at the directory or here.") { IsCaseExact = true },
                        new("$ref", ScimType.Reference, "The manager's address.") { ReferenceTypes = ["User"] },
                        new("displayName", ScimType.String, "What people call the manager."),
                    ],
                },
            ]));

    public static readonly ScimSchema Group = new(
        "urn:ietf:params:scim:schemas:core:2.0:Group", "Group", "A team that the directory keeps.",
        [
            new("displayName", ScimType.String, "The team's name.") { IsRequired = true, IsUnique = true },
            new("members", ScimType.Complex, "Who is in it. Groups within groups are not kept; the directory sends their people.")
            {
                IsMulti = true,
                Sub =
                [
                    new("value", ScimType.String, "The person's id here.") { IsCaseExact = true },
                    new("$ref", ScimType.Reference, "The person's address.") { IsReadOnly = true, ReferenceTypes = ["User"] },
                    new("display", ScimType.String, "The person's user name.") { IsReadOnly = true },
                    new("type", ScimType.String, "User.") { CanonicalValues = ["User"] },
                ],
            },
        ]);

    public static ScimSchema Of(ScimKind kind) => kind switch { ScimKind.User => User, ScimKind.Group => Group };

    private static ScimAttribute Text(string name, string description) => new(name, ScimType.String, description);

    private static ScimAttribute Several(string name, string description, params string[] types) => new(name, ScimType.Complex, description)
    {
        IsMulti = true,
        Sub =
        [
            Text("value", "The value."), Text("display", "How it is shown."), new("type", ScimType.String, "What it is for.") { CanonicalValues = types },
            new("primary", ScimType.Boolean, "Whether it is the preferred one; only one is."),
        ],
    };
}
