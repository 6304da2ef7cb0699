using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Loopai.Core.Data;

/// <summary>
/// The tables of teams, roles, grants and invitations. Nothing of them is deleted by cascade: several ways lead from an organization to a grant, which SQL
/// Server does not take, and services record every row that goes.
/// </summary>
internal static class AccessModel
{
    public static void Configure(ModelBuilder builder)
    {
        builder.Entity<OrganizationLogo>(logo =>
        {
            logo.ToTable("organization_logos");
            logo.HasKey(l => l.OrganizationId);
            logo.Property(l => l.ContentType).HasMaxLength(32);
            logo.HasOne<Organization>().WithOne().HasForeignKey<OrganizationLogo>(l => l.OrganizationId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<Team>(team =>
        {
            team.ToTable("teams");
            team.Property(t => t.Id).ValueGeneratedNever();
            team.Property(t => t.Name).HasMaxLength(Team.MaxNameLength);
            team.Property(t => t.Description).HasMaxLength(1000);
            team.HasIndex(t => new { t.OrganizationId, t.Name }).IsUnique();
            team.HasOne<Organization>().WithMany().HasForeignKey(t => t.OrganizationId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<TeamMember>(member =>
        {
            member.ToTable("team_members");
            member.HasKey(m => new { m.TeamId, m.UserId, m.Source });
            member.Property(m => m.Source).HasConversion<string>().HasMaxLength(16);
            member.HasIndex(m => new { m.OrganizationId, m.UserId });
            member.HasOne<Team>().WithMany().HasForeignKey(m => m.TeamId).OnDelete(DeleteBehavior.Restrict);
            member.HasOne<Membership>().WithMany().HasForeignKey(m => new { m.OrganizationId, m.UserId }).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<CustomRole>(role =>
        {
            role.ToTable("custom_roles");
            role.Property(r => r.Id).ValueGeneratedNever();
            role.Property(r => r.Name).HasMaxLength(CustomRole.MaxNameLength);
            role.Property(r => r.Description).HasMaxLength(1000);
            role.Property(r => r.CreatedBy).HasMaxLength(LoopaiModel.NameLength);
            role.Property(r => r.Revision).IsConcurrencyToken();
            role.HasIndex(r => new { r.OrganizationId, r.Name }).IsUnique();
            role.HasOne<Organization>().WithMany().HasForeignKey(r => r.OrganizationId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<Grant>(grant =>
        {
            grant.ToTable("grants");
            grant.Property(g => g.Id).ValueGeneratedNever();
            grant.Property(g => g.RoleId).HasMaxLength(36);
            grant.Property(g => g.Source).HasConversion<string>().HasMaxLength(16);
            grant.Property(g => g.GrantedBy).HasMaxLength(LoopaiModel.NameLength);
            grant.HasIndex(g => new { g.OrganizationId, g.UserId });
            grant.HasOne<Membership>().WithMany().HasForeignKey(g => new { g.OrganizationId, g.UserId }).OnDelete(DeleteBehavior.Restrict);
            grant.HasOne<Team>().WithMany().HasForeignKey(g => g.TeamId).OnDelete(DeleteBehavior.Restrict);
            grant.HasOne<OrganizationEnvironment>().WithMany().HasForeignKey(g => g.EnvironmentId).OnDelete(DeleteBehavior.Restrict);
            grant.HasOne<Tasks.TaskDefinition>().WithMany().HasForeignKey(g => g.TaskId).OnDelete(DeleteBehavior.Restrict);
        });
        builder.Entity<Invitation>(invitation =>
        {
            invitation.ToTable("invitations");
            invitation.Property(i => i.Id).ValueGeneratedNever();
            invitation.Property(i => i.Email).HasMaxLength(256);
            invitation.Property(i => i.TokenHash).HasMaxLength(32);
            invitation.Property(i => i.InvitedBy).HasMaxLength(LoopaiModel.NameLength);
            AsJson(invitation.Property(i => i.Grants));
            AsJson(invitation.Property(i => i.TeamIds));
            invitation.HasIndex(i => i.TokenHash).IsUnique();
            invitation.HasIndex(i => new { i.OrganizationId, i.CreatedAt });
            invitation.HasOne<Organization>().WithMany().HasForeignKey(i => i.OrganizationId).OnDelete(DeleteBehavior.Restrict);
        });
    }

    private static void AsJson<T>(Microsoft.EntityFrameworkCore.Metadata.Builders.PropertyBuilder<IReadOnlyList<T>> property) => property.HasConversion(
        list => JsonSerializer.Serialize(list, JsonSerializerOptions.Web),
        text => JsonSerializer.Deserialize<List<T>>(text, JsonSerializerOptions.Web)!,
        new ValueComparer<IReadOnlyList<T>>((a, b) => a!.SequenceEqual(b!), list => list.Count, list => list));
}
