/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lk-route.h"

/* The handlers of the routes, each an LkHandler. */

/* lk-handlers-sign-in.c */
LkResponse *
lk_handle_send_code (LkService *service, const LkCaller *caller, const LkRequest *request);
LkResponse *
lk_handle_check_code (LkService *service, const LkCaller *caller, const LkRequest *request);
LkResponse *
lk_handle_add_identifier (LkService *service, const LkCaller *caller, const LkRequest *request);

/* lk-handlers-account.c */
LkResponse *
lk_handle_get_account (LkService *service, const LkCaller *caller, const LkRequest *request);
LkResponse *
lk_handle_delete_account (LkService *service, const LkCaller *caller, const LkRequest *request);
LkResponse *
lk_handle_list_sessions (LkService *service, const LkCaller *caller, const LkRequest *request);
LkResponse *
lk_handle_delete_session (LkService *service, const LkCaller *caller, const LkRequest *request);
LkResponse *
lk_handle_get_contacts (LkService *service, const LkCaller *caller, const LkRequest *request);
LkResponse *
lk_handle_put_contacts (LkService *service, const LkCaller *caller, const LkRequest *request);

/* lk-handlers-pictures.c */
LkResponse *
lk_handle_publish (LkService *service, const LkCaller *caller, const LkRequest *request);
LkResponse *
lk_handle_list_pictures (LkService *service, const LkCaller *caller, const LkRequest *request);
LkResponse *
lk_handle_change_picture (LkService *service, const LkCaller *caller, const LkRequest *request);
LkResponse *
lk_handle_withdraw_picture (LkService *service, const LkCaller *caller, const LkRequest *request);
LkResponse *
lk_handle_list_deliveries (LkService *service, const LkCaller *caller, const LkRequest *request);

/* lk-handlers-reader.c */
LkResponse *
lk_handle_get_rendition (LkService *service, const LkCaller *caller, const LkRequest *request);
LkResponse *
lk_handle_get_feed (LkService *service, const LkCaller *caller, const LkRequest *request);
LkResponse *
lk_handle_put_receipt (LkService *service, const LkCaller *caller, const LkRequest *request);

/* lk-handlers-operation.c */
LkResponse *
lk_handle_get_health (LkService *service, const LkCaller *caller, const LkRequest *request);
LkResponse *
lk_handle_get_metrics (LkService *service, const LkCaller *caller, const LkRequest *request);
