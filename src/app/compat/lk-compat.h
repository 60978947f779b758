/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

/* What GTK and libadwaita do one way at the floor and another way at their newest, as small
 * asynchronous functions. The only place that asks for their version. Main thread only. Each can be
 * cancelled: the dialog closes, and the result is G_IO_ERROR_CANCELLED. */

/**
 * LkResponseLook: how the button of a response looks.
 */
typedef enum
{
  LK_RESPONSE_PLAIN,
  LK_RESPONSE_SUGGESTED,
  LK_RESPONSE_DESTRUCTIVE,
} LkResponseLook;

typedef struct
{
  const char *id;
  const char *label; /* without a mnemonic: GTK 4.8 reads the underscore out */
  LkResponseLook look;
} LkResponse;

/**
 * LkConfirmation:
 * @heading: a question
 * @body: what follows from it
 * @responses: the buttons after Cancel, which is added by itself
 * @n_responses: how many
 * @typed_label: (nullable): the label of an entry that has to hold @typed_text
 * @typed_text: (nullable): until it does, the responses cannot be chosen
 */
typedef struct
{
  const char *heading;
  const char *body;
  const LkResponse *responses;
  gsize n_responses;
  const char *typed_label;
  const char *typed_text;
} LkConfirmation;

/* Asks before something happens. @parent: a widget in the window that asks. */
void lk_compat_confirm_async (GtkWidget *parent,
                              const LkConfirmation *confirmation,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data);
/* The id of the response that was chosen (transfer full), or NULL with G_IO_ERROR_CANCELLED if it
 * was dismissed. */
char *lk_compat_confirm_finish (GtkWidget *parent, GAsyncResult *result, GError **error);

/* Lets a person choose one file. @filter: (nullable). */
void lk_compat_open_file_async (GtkWidget *parent,
                                const char *title,
                                GtkFileFilter *filter,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer data);
/* (transfer full), or NULL with G_IO_ERROR_CANCELLED if none was chosen. */
GFile *lk_compat_open_file_finish (GtkWidget *parent, GAsyncResult *result, GError **error);

/* Names a drop-down and the button in it: GTK 4.8 gives the focus to the button and a name to the
 * drop-down only, so a screen reader would not say what it is. */
void lk_compat_name_drop_down (GtkDropDown *drop_down, const char *name);

/* Names a button that has a label, where many have the same: in GTK 4.18 that label is the name,
 * whatever else it is called. */
void lk_compat_name_button (GtkButton *button, const char *name);

/* Draws text in the widget's colour, from its top left corner. */
void lk_compat_draw_layout (GtkWidget *widget, GtkSnapshot *snapshot, PangoLayout *layout);

/* Names the button that closes a toast, of each toast that @overlay will show: libadwaita 1.2 gives
 * it an icon only. To be called once. */
void lk_compat_name_toasts (AdwToastOverlay *overlay);

/* Names the items of each menu that a menu button in @widget opens: GTK 4.18 leaves them without
 * one, and a screen reader silent. To be called once. */
void lk_compat_name_menus (GtkWidget *widget);

/* Shows what this program is. */
void lk_compat_show_about (GtkWidget *parent);
