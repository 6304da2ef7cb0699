using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Loopai.Infrastructure.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class AddSignOn : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "sign_on_connections",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    kind = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false),
                    name = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    enabled = table.Column<bool>(type: "bit", nullable: false),
                    settings = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    secrets = table.Column<string>(type: "nvarchar(max)", nullable: true),
                    allow_just_in_time = table.Column<bool>(type: "bit", nullable: false),
                    mapping = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    tested_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    test_passed = table.Column<bool>(type: "bit", nullable: true),
                    created_by = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    revision = table.Column<int>(type: "int", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sign_on_connections", x => x.id);
                    table.ForeignKey(
                        name: "fk_sign_on_connections_organizations_organization_id",
                        column: x => x.organization_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "verified_domains",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    domain = table.Column<string>(type: "nvarchar(253)", maxLength: 253, nullable: false),
                    token = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    verified_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    checked_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    failed_checks = table.Column<int>(type: "int", nullable: false),
                    last_failure = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_verified_domains", x => x.id);
                    table.ForeignKey(
                        name: "fk_verified_domains_organizations_organization_id",
                        column: x => x.organization_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "sign_on_attempts",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    connection_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    handle_hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: false),
                    browser_hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: false),
                    purpose = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false),
                    return_path = table.Column<string>(type: "nvarchar(2000)", maxLength: 2000, nullable: false),
                    test_run_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    state = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sign_on_attempts", x => x.id);
                    table.ForeignKey(
                        name: "fk_sign_on_attempts_sign_on_connections_connection_id",
                        column: x => x.connection_id,
                        principalTable: "sign_on_connections",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "sign_on_links",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    connection_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    subject = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: false),
                    user_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    last_sign_in_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sign_on_links", x => x.id);
                    table.ForeignKey(
                        name: "fk_sign_on_links_sign_on_connections_connection_id",
                        column: x => x.connection_id,
                        principalTable: "sign_on_connections",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_sign_on_links_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "sign_on_test_runs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    connection_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    started_by = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    finished_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    passed = table.Column<bool>(type: "bit", nullable: true),
                    report = table.Column<string>(type: "nvarchar(max)", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sign_on_test_runs", x => x.id);
                    table.ForeignKey(
                        name: "fk_sign_on_test_runs_sign_on_connections_connection_id",
                        column: x => x.connection_id,
                        principalTable: "sign_on_connections",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "sign_on_used_tokens",
                columns: table => new
                {
                    connection_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sign_on_used_tokens", x => new { x.connection_id, x.hash });
                    table.ForeignKey(
                        name: "fk_sign_on_used_tokens_sign_on_connections_connection_id",
                        column: x => x.connection_id,
                        principalTable: "sign_on_connections",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_sign_on_attempts_connection_id",
                table: "sign_on_attempts",
                column: "connection_id");

            migrationBuilder.CreateIndex(
                name: "ix_sign_on_attempts_expires_at",
                table: "sign_on_attempts",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_sign_on_attempts_handle_hash",
                table: "sign_on_attempts",
                column: "handle_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_sign_on_connections_organization_id",
                table: "sign_on_connections",
                column: "organization_id");

            migrationBuilder.CreateIndex(
                name: "ix_sign_on_links_connection_id_subject",
                table: "sign_on_links",
                columns: new[] { "connection_id", "subject" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_sign_on_links_connection_id_user_id",
                table: "sign_on_links",
                columns: new[] { "connection_id", "user_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_sign_on_links_user_id",
                table: "sign_on_links",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_sign_on_test_runs_connection_id",
                table: "sign_on_test_runs",
                column: "connection_id");

            migrationBuilder.CreateIndex(
                name: "ix_sign_on_used_tokens_expires_at",
                table: "sign_on_used_tokens",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_verified_domains_domain",
                table: "verified_domains",
                column: "domain",
                unique: true,
                filter: "verified_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_verified_domains_organization_id_domain",
                table: "verified_domains",
                columns: new[] { "organization_id", "domain" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "sign_on_attempts");

            migrationBuilder.DropTable(
                name: "sign_on_links");

            migrationBuilder.DropTable(
                name: "sign_on_test_runs");

            migrationBuilder.DropTable(
                name: "sign_on_used_tokens");

            migrationBuilder.DropTable(
                name: "verified_domains");

            migrationBuilder.DropTable(
                name: "sign_on_connections");
        }
    }
}
