using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Loopai.Infrastructure.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class AddScim : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "scim_resources",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    kind = table.Column<string>(type: "nvarchar(8)", maxLength: 8, nullable: false),
                    name = table.Column<string>(type: "nvarchar(400)", maxLength: 400, nullable: false),
                    name_key = table.Column<string>(type: "nvarchar(400)", maxLength: 400, nullable: false),
                    external_id = table.Column<string>(type: "nvarchar(400)", maxLength: 400, nullable: true),
                    document = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    version = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_scim_resources", x => new { x.organization_id, x.id });
                    table.ForeignKey(
                        name: "fk_scim_resources_organizations_organization_id",
                        column: x => x.organization_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "scim_tokens",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    name = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    selector = table.Column<string>(type: "nvarchar(32)", maxLength: 32, nullable: false),
                    hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: false),
                    permissions = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    created_by = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    revoked_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    last_used_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_scim_tokens", x => x.id);
                    table.ForeignKey(
                        name: "fk_scim_tokens_organizations_organization_id",
                        column: x => x.organization_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "scim_values",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    resource_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    kind = table.Column<string>(type: "nvarchar(8)", maxLength: 8, nullable: false),
                    path = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false),
                    item = table.Column<int>(type: "int", nullable: false),
                    value = table.Column<string>(type: "nvarchar(400)", maxLength: 400, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_scim_values", x => x.id);
                    table.ForeignKey(
                        name: "fk_scim_values_scim_resources_organization_id_resource_id",
                        columns: x => new { x.organization_id, x.resource_id },
                        principalTable: "scim_resources",
                        principalColumns: new[] { "organization_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_scim_resources_organization_id_kind_created_at_id",
                table: "scim_resources",
                columns: new[] { "organization_id", "kind", "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_scim_resources_organization_id_kind_name_key",
                table: "scim_resources",
                columns: new[] { "organization_id", "kind", "name_key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_scim_tokens_organization_id",
                table: "scim_tokens",
                column: "organization_id");

            migrationBuilder.CreateIndex(
                name: "ix_scim_tokens_selector",
                table: "scim_tokens",
                column: "selector",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_scim_values_organization_id_kind_path_value",
                table: "scim_values",
                columns: new[] { "organization_id", "kind", "path", "value" });

            migrationBuilder.CreateIndex(
                name: "ix_scim_values_organization_id_resource_id_path",
                table: "scim_values",
                columns: new[] { "organization_id", "resource_id", "path" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "scim_tokens");

            migrationBuilder.DropTable(
                name: "scim_values");

            migrationBuilder.DropTable(
                name: "scim_resources");
        }
    }
}
