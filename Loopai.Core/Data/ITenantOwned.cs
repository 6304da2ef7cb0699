namespace Loopai.Core.Data;

/// <summary>A row that belongs to one organization: filtered by every query and protected by row-level security.</summary>
public interface ITenantOwned
{
    Guid OrganizationId { get; }
}

/// <summary>A row that is written once: the runtime roles may insert and read it, never change or delete it.</summary>
public interface IAppendOnly;

/// <summary>What happened to a thing, written once. Unlike the audit log it goes when the organization does, by the system's hand alone.</summary>
public interface IHistory : IAppendOnly;
