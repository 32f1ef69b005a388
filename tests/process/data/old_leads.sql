-- What a company had before: leads and opportunities, archived ones, some with a
-- customer, a salesperson or a team; %(leads)s of them.
INSERT INTO crm_lead (
    name, type, active, company_id, stage_id, email_from, email_normalized, phone,
    partner_id, user_id, team_id, create_date, write_date, create_uid, write_uid
)
SELECT 'Old ' || n,
       CASE n %% 3 WHEN 0 THEN 'lead' ELSE 'opportunity' END,
       n %% 10 <> 0,
       (SELECT min(id) FROM res_company),
       (SELECT id FROM crm_stage ORDER BY sequence, id LIMIT 1),
       'old' || n || '@customer.example.com',
       'old' || n || '@customer.example.com',
       '+3460000' || n,
       CASE WHEN n %% 4 = 0 THEN (SELECT partner_id FROM res_users WHERE id = 2) END,
       CASE WHEN n %% 2 = 0 THEN 2 END,
       CASE WHEN n %% 5 <> 0 THEN (SELECT min(id) FROM crm_team) END,
       now() - n * interval '1 minute', now(), 1, 1
  FROM generate_series(1, %(leads)s) AS n
RETURNING id
